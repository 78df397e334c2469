/** Serves configs to phones: JSON over HTTP on loopback or another address of this computer, one document for each name. */
import http from "node:http";

export interface ConfigServer {
	readonly port: number;
	/** URL of one phone's config. */
	url(name: string): string;
	close(): void;
}

/** @param configs by name; looked up at each request, so that a change is served the next time */
export async function serveConfigs(
	configs: Readonly<Record<string, unknown>>,
	address = "127.0.0.1",
): Promise<ConfigServer> {
	const server = http.createServer((request, response) => {
		const name = /^\/(\w+)\.json$/.exec(request.url ?? "")?.[1];
		const config = name === undefined ? undefined : configs[name];
		if (config === undefined) response.writeHead(404).end();
		else response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(config));
	});
	await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, address, resolve));
	const bound = server.address();
	const port = typeof bound === "object" && bound ? bound.port : 0;
	return {
		port,
		url: (name) => `http://${address}:${port}/${name}.json`,
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}
