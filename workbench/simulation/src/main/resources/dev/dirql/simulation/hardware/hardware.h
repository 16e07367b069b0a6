/* What the C of declared hardware can name. docs/devices.md tells of each. */
#pragma once

typedef char CHAR;
typedef unsigned char UCHAR;
typedef short SHORT;
typedef unsigned short USHORT;
typedef int INT;
typedef unsigned int UINT;
typedef long LONG;
typedef unsigned long ULONG;
typedef long long LONG64;
typedef long long LONGLONG;
typedef unsigned long long ULONG64;
typedef unsigned long long ULONGLONG;
typedef unsigned long long SIZE_T;
typedef unsigned char BOOLEAN;
typedef void VOID;
typedef void *PVOID;
typedef UCHAR *PUCHAR;
typedef USHORT *PUSHORT;
typedef ULONG *PULONG;
typedef ULONG64 *PULONG64;

#define TRUE 1
#define FALSE 0
#define NULL ((void *)0)

#define HARDWARE_FUNCTION __declspec(dllimport("hardware"))

/* Memory of the machine, by physical address: FALSE, and nothing is moved, where some of it is no memory. */
HARDWARE_FUNCTION BOOLEAN dma_read(ULONG64 address, void *to, ULONG64 length);
HARDWARE_FUNCTION BOOLEAN dma_write(ULONG64 address, const void *from, ULONG64 length);
HARDWARE_FUNCTION BOOLEAN dma_reaches(ULONG64 address, ULONG64 length);

/* Virtual time in nanoseconds. */
HARDWARE_FUNCTION ULONG64 now(void);

/* A timer runs down once; starting it again replaces the time that was left. */
HARDWARE_FUNCTION void start(ULONG timer, ULONG64 nanoseconds);
HARDWARE_FUNCTION void cancel(ULONG timer);
HARDWARE_FUNCTION BOOLEAN is_running(ULONG timer);

/* Puts every register back to its value of power-on. */
HARDWARE_FUNCTION void reset_registers(void);

/* Sends a numbered message once, by MSI-X or MSI; nothing happens while it is to use its line. */
HARDWARE_FUNCTION void send_message(ULONG number);

/* How many messages software enabled: 0 while it is to use its line. */
HARDWARE_FUNCTION ULONG enabled_messages(void);

/* Ends the run: the driver did what the datasheet forbids, or the hardware does not know on. */
HARDWARE_FUNCTION void fail(const char *text);

HARDWARE_FUNCTION void *memmove(void *to, const void *from, SIZE_T length);
HARDWARE_FUNCTION int memcmp(const void *one, const void *other, SIZE_T length);
