/*
 * lwIP for a phone on a bare board: no threads, its calls made between netLock and netUnlock or by an interrupt. IPv4,
 * UDP, TCP, DHCP and DNS; what it may use of memory is fixed here.
 */
#ifndef SOTTO_LWIPOPTS_H
#define SOTTO_LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0

#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define LWIP_ARP 1
#define LWIP_ICMP 1
#define LWIP_IGMP 0
#define LWIP_UDP 1
#define LWIP_TCP 1
#define LWIP_DHCP 1
#define LWIP_DNS 1
#define DNS_MAX_SERVERS 2
#define DNS_TABLE_SIZE 4
#define LWIP_NETIF_HOSTNAME 1
#define LWIP_NETIF_LINK_CALLBACK 0
#define LWIP_NETIF_STATUS_CALLBACK 1
/* A packet to our own address, as when the phone calls itself. */
#define LWIP_NETIF_LOOPBACK 1
#define LWIP_LOOPBACK_MAX_PBUFS 8
#define LWIP_HAVE_LOOPIF 0

#define MEM_ALIGNMENT 4
#define MEM_SIZE (20 * 1024)
#define PBUF_POOL_SIZE 16
#define PBUF_POOL_BUFSIZE 1536
#define MEMP_NUM_PBUF 24
#define MEMP_NUM_UDP_PCB 24
#define MEMP_NUM_TCP_PCB 8
#define MEMP_NUM_TCP_PCB_LISTEN 4
#define MEMP_NUM_TCP_SEG 32
#define MEMP_NUM_REASSDATA 2
#define IP_REASS_MAX_PBUFS 8

#define TCP_MSS 1460
#define TCP_WND (4 * TCP_MSS)
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_SND_QUEUELEN 16
#define TCP_QUEUE_OOSEQ 1

#define SO_REUSE 1
#define LWIP_STATS 0
#define LWIP_DEBUG 0

#endif
