/*
 * Programs for the comparison of the interpreter with the host: run(n) computes the n-th and gives a
 * value that depends on all it did. It is compiled twice: for the interpreter as a flat binary at a
 * fixed address, and with -DNATIVE as a program that prints.
 */
typedef unsigned long u64;
typedef long i64;
typedef unsigned int u32;
typedef int i32;
typedef unsigned short u16;
typedef unsigned char u8;

static u64 next(u64 *state)
{
    u64 x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

static u8 bytes[8192];
static u64 numbers[1024];

static u64 crc(void)
{
    u64 state = 1;
    u32 crc = ~0u;
    for (u32 i = 0; i < sizeof bytes; i++)
        bytes[i] = next(&state);
    for (u32 i = 0; i < sizeof bytes; i++) {
        crc ^= bytes[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static void quicksort(u64 *a, int low, int high)
{
    if (low >= high)
        return;
    u64 pivot = a[(low + high) / 2];
    int i = low, j = high;
    while (i <= j) {
        while (a[i] < pivot)
            i++;
        while (a[j] > pivot)
            j--;
        if (i <= j) {
            u64 t = a[i];
            a[i++] = a[j];
            a[j--] = t;
        }
    }
    quicksort(a, low, j);
    quicksort(a, i, high);
}

static u64 sort(void)
{
    u64 state = 2, sum = 0;
    for (int i = 0; i < 1024; i++)
        numbers[i] = next(&state);
    quicksort(numbers, 0, 1023);
    for (int i = 0; i < 1024; i++)
        sum = sum * 31 + numbers[i];
    return sum;
}

struct entry { u64 key; u32 value; u16 distance; u8 used; };
static struct entry table[512];

static u64 hash_map(void)
{
    u64 state = 3, sum = 0;
    for (u64 i = 0; i < 400; i++) {
        u64 key = next(&state) % 1000;
        u32 slot = key * 0x9E3779B97F4A7C15UL >> 55;
        u16 distance = 0;
        while (table[slot].used && table[slot].key != key) {
            slot = (slot + 1) & 511;
            distance++;
        }
        table[slot] = (struct entry){key, table[slot].value + (u32)i, distance, 1};
    }
    for (int i = 0; i < 512; i++)
        sum += (table[i].key ^ table[i].value) * (i + 1) + table[i].distance;
    return sum;
}

static u64 bit_tricks(void)
{
    u64 state = 4, sum = 0;
    for (int i = 0; i < 2000; i++) {
        u64 x = next(&state) >> (i & 63);
        sum += __builtin_popcountl(x) + (x ? __builtin_ctzl(x) + __builtin_clzl(x) : 64);
        sum ^= __builtin_bswap64(x) + __builtin_bswap32(x) + __builtin_bswap16(x);
        sum = sum << (i & 31) | sum >> (-i & 63);
        sum += (signed char)x;
    }
    return sum;
}

static u64 wide(void)
{
    u64 state = 5;
    unsigned __int128 a = 1;
    for (int i = 0; i < 500; i++) {
        unsigned __int128 b = (unsigned __int128)next(&state) << 64 | next(&state);
        a = a * b + (b >> 3) - (a << (i & 127) | a >> (-i & 127));
        u64 divisor = (u64)b | 1;
        a ^= (u64)a / divisor + (u64)a % divisor;
        a += (i64)(a >> 64) / (i64)(divisor >> 5 | 1);
        a += (i32)a / ((i32)b | 1) + (i32)a % ((i32)(b >> 40) | 1);
    }
    return (u64)a ^ (u64)(a >> 64);
}

static u64 strings(void)
{
    u64 state = 6, sum = 0;
    for (int i = 0; i < 100; i++) {
        void *to = bytes + next(&state) % 4000, *from = bytes + next(&state) % 4000;
        u64 count = next(&state) % 500;
        u64 rest;
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
        to = bytes + next(&state) % 4000;
        count = next(&state) % 60;
        __asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(state) : "memory");
        to = bytes;
        count = 8192;
        __asm__ volatile("repne scasb" : "+D"(to), "+c"(count) : "a"((u8)i) : "memory", "cc");
        sum = sum * 31 + count;
        to = bytes;
        from = bytes + 4096;
        count = 512;
        __asm__ volatile("repe cmpsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory", "cc");
        rest = count;
        sum = sum * 31 + rest;
    }
    for (int i = 0; i < 8192; i++)
        sum = sum * 33 + bytes[i];
    return sum;
}

static i64 apply(i64 (*function)(i64, i64, i64, i64, i64, i64, i64, i64), i64 x)
{
    return function(x, x + 1, x + 2, x + 3, x + 4, x + 5, x + 6, x + 7);
}

static i64 mixed(i64 a, i64 b, i64 c, i64 d, i64 e, i64 f, i64 g, i64 h)
{
    return a - b * c + (d ^ e) - (f | g) * h;
}

static i64 other(i64 a, i64 b, i64 c, i64 d, i64 e, i64 f, i64 g, i64 h)
{
    return (a < b) + 2 * (c > d) + 4 * (e <= f) + 8 * (g != h) + (a ? h % (a | 1) : 0);
}

static u64 calls(void)
{
    i64 (*volatile functions[2])(i64, i64, i64, i64, i64, i64, i64, i64) = {mixed, other};
    u64 state = 7, sum = 0;
    for (int i = 0; i < 500; i++) {
        i64 x = next(&state);
        sum += apply(functions[i & 1], x);
        switch (x & 15) {
        case 0: sum ^= 1; break;
        case 1: sum += 77; break;
        case 2: sum *= 3; break;
        case 3: sum = -sum; break;
        case 4: sum = ~sum; break;
        case 5: sum -= (u8)x; break;
        case 6: sum -= (short)x; break;
        case 7: sum += (i32)x; break;
        case 8: sum ^= sum >> 9; break;
        default: sum += x & 15; break;
        }
    }
    return sum;
}

static u64 atomics(void)
{
    static u64 shared;
    static unsigned __int128 pair;
    u64 state = 8;
    for (int i = 0; i < 300; i++) {
        u64 x = next(&state), old = shared;
        __atomic_fetch_add(&shared, x, __ATOMIC_SEQ_CST);
        __atomic_fetch_or((u32 *)&shared, (u32)x, __ATOMIC_SEQ_CST);
        __atomic_compare_exchange_n(&shared, &old, x, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
        shared ^= __atomic_exchange_n((u16 *)&shared, (u16)x, __ATOMIC_SEQ_CST);
        shared += old;
        pair += (unsigned __int128)shared << 60;
        shared -= __sync_fetch_and_and((u8 *)&shared + 3, (u8)x);
    }
    return shared ^ (u64)(pair >> 64);
}

u64 run(u64 which)
{
    switch (which) {
    case 0: return crc();
    case 1: return sort();
    case 2: return hash_map();
    case 3: return bit_tricks();
    case 4: return wide();
    case 5: return strings();
    case 6: return calls();
    case 7: return atomics();
    default: return 0;
    }
}

#ifdef NATIVE
#include <stdio.h>
int main(void)
{
    for (u64 i = 0; i < 8; i++)
        printf("%lx\n", run(i));
    return 0;
}
#else
__attribute__((naked, section(".start"))) void start(void)
{
    __asm__("jmp run");
}
#endif
