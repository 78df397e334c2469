/** Forms of text that several settings share: regular expressions over the whole value. */
export const SIP_URI = 'sips?:[^\\s<>"@:;?]+(:[^\\s<>"@]*@|@)[^\\s<>"@]+';
/** What can be dialled: a SIP URI, an address without its scheme, a number or a name. */
export const DIALLED = '[^\\s<>"@]+|[^\\s<>"@]+@[^\\s<>"@]+';
/** 1 to 65535. */
export const PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
/** Host, with its port, kind of URI and transport where they matter; an IPv6 address stands in brackets. */
export const SERVER = `(sips?:)?([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\])(:${PORT})?(;transport=(udp|tcp|tls)|)(;lr)?`;
