/*
 * What libbzrtp's cache of retained secrets writes: bzrtp-cache FILE PEERS COMMITS makes the sqlite3 database as
 * linphone does (its default journal), then commits rs1 and rs2 of one peer after the other through libbzrtp's own
 * call. Prints the octets that went to write calls for the commits alone, and their number.
 */
#include <bzrtp/bzrtp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long long written(void)
{
	FILE* file = fopen("/proc/self/io", "r");
	char line[128];
	long long count = -1;
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "wchar: %lld", &count) == 1)
			break;
	if (file)
		fclose(file);
	if (count < 0) {
		fputs("/proc/self/io cannot be read\n", stderr);
		exit(1);
	}
	return count;
}

static void check(int failed, const char* what)
{
	if (!failed)
		return;
	fprintf(stderr, "%s failed\n", what);
	exit(1);
}

/** One peer's row in ziduri, as libbzrtp inserts it when it meets the peer. */
static int addPeer(sqlite3* db, int number)
{
	char sql[256];
	snprintf(sql, sizeof(sql),
			 "INSERT INTO ziduri (zid,selfuri,peeruri) VALUES(x'%024x','sip:me@example.org','sip:%d@example.org');",
			 number + 1, number);
	check(sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK, "INSERT");
	return (int)sqlite3_last_insert_rowid(db);
}

int main(int argc, char** argv)
{
	check(argc != 4, "bzrtp-cache FILE PEERS COMMITS");
	int peers = atoi(argv[2]), commits = atoi(argv[3]);
	check(peers < 1 || commits < 1, "PEERS and COMMITS");
	sqlite3* db;
	check(sqlite3_open(argv[1], &db) != SQLITE_OK, "sqlite3_open");
	int result = bzrtp_initCache_lock(db, NULL);
	check(result != 0 && result != BZRTP_CACHE_SETUP, "bzrtp_initCache_lock");
	int* zuids = calloc((size_t)peers, sizeof(*zuids));
	uint8_t rs1[32], rs2[32] = {0};
	const char* columns[] = {"rs1", "rs2"};
	uint8_t* values[] = {rs1, rs2};
	size_t lengths[] = {sizeof(rs1), sizeof(rs2)};
	long long before = 0;
	for (int i = -peers; i < commits; i++) {
		int peer = (i + peers) % peers;
		if (i < 0)
			zuids[peer] = addPeer(db, peer);
		if (i == 0)
			before = written();
		memcpy(rs2, rs1, sizeof(rs2));
		for (size_t k = 0; k < sizeof(rs1); k++)
			rs1[k] = (uint8_t)rand();
		check(bzrtp_cache_write_lock(db, zuids[peer], "zrtp", columns, values, lengths, 2, NULL) != 0,
			  "bzrtp_cache_write_lock");
	}
	printf("%lld %d\n", written() - before, commits);
	sqlite3_close(db);
	free(zuids);
	return 0;
}
