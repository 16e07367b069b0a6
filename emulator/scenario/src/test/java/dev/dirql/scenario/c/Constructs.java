package dev.dirql.scenario.c;

/**
 * What the random programs leave out: pointers, strings, function pointers, intrinsics, unusual
 * declarations.
 */
final class Constructs {
    private Constructs() {}

    static final int COUNT = 18;

    static final String TEXT =
            """
            #ifndef __DIRQL__
            #include <stdint.h>
            #include <string.h>
            static I32 _InterlockedIncrement(volatile I32 *p) { return ++*p; }
            static I32 _InterlockedDecrement(volatile I32 *p) { return --*p; }
            static I32 _InterlockedExchange(volatile I32 *p, I32 v) { I32 o = *p; *p = v; return o; }
            static I32 _InterlockedExchangeAdd(volatile I32 *p, I32 v) { I32 o = *p; *p += v; return o; }
            static I32 InterlockedAdd(volatile I32 *p, I32 v) { return *p += v; }
            static I32 _InterlockedCompareExchange(volatile I32 *p, I32 v, I32 c) { I32 o = *p; if (o == c) *p = v; return o; }
            static I32 _InterlockedAnd(volatile I32 *p, I32 v) { I32 o = *p; *p &= v; return o; }
            static I32 _InterlockedOr(volatile I32 *p, I32 v) { I32 o = *p; *p |= v; return o; }
            static I32 _InterlockedXor(volatile I32 *p, I32 v) { I32 o = *p; *p ^= v; return o; }
            static I64 _InterlockedExchange64(volatile I64 *p, I64 v) { I64 o = *p; *p = v; return o; }
            static I64 _InterlockedCompareExchange64(volatile I64 *p, I64 v, I64 c) { I64 o = *p; if (o == c) *p = v; return o; }
            static I64 _InterlockedOr64(volatile I64 *p, I64 v) { I64 o = *p; *p |= v; return o; }
            static I16 _InterlockedIncrement16(volatile I16 *p) { return ++*p; }
            static I16 _InterlockedExchange16(volatile I16 *p, I16 v) { I16 o = *p; *p = v; return o; }
            static I8 _InterlockedExchange8(volatile I8 *p, I8 v) { I8 o = *p; *p = v; return o; }
            static I8 _InterlockedAnd8(volatile I8 *p, I8 v) { I8 o = *p; *p &= v; return o; }
            static void *_InterlockedExchangePointer(void *volatile *p, void *v) { void *o = *p; *p = v; return o; }
            static void *_InterlockedCompareExchangePointer(void *volatile *p, void *v, void *c) { void *o = *p; if (o == c) *p = v; return o; }
            static U8 _interlockedbittestandset(volatile I32 *p, I32 b) { U8 o = (p[b >> 5] >> (b & 31)) & 1; p[b >> 5] |= 1u << (b & 31); return o; }
            static U8 _interlockedbittestandreset(volatile I32 *p, I32 b) { U8 o = (p[b >> 5] >> (b & 31)) & 1; p[b >> 5] &= ~(1u << (b & 31)); return o; }
            static U8 _bittest(const I32 *p, I32 b) { return (p[b >> 5] >> (b & 31)) & 1; }
            static U8 _BitScanForward(U32 *i, U32 m) { if (!m) return 0; *i = __builtin_ctz(m); return 1; }
            static U8 _BitScanReverse64(U32 *i, U64 m) { if (!m) return 0; *i = 63 - __builtin_clzll(m); return 1; }
            static U32 _rotl(U32 v, int n) { n &= 31; return n ? v << n | v >> (32 - n) : v; }
            static U64 _rotr64(U64 v, int n) { n &= 63; return n ? v >> n | v << (64 - n) : v; }
            static U8 _rotl8(U8 v, U8 n) { n &= 7; return (U8) (v << n | v >> (8 - n)); }
            static U32 _byteswap_ulong(U32 v) { return __builtin_bswap32(v); }
            static U16 _byteswap_ushort(U16 v) { return __builtin_bswap16(v); }
            static U64 _byteswap_uint64(U64 v) { return __builtin_bswap64(v); }
            static void __movsb(U8 *d, const U8 *s, U64 n) { while (n--) *d++ = *s++; }
            static void __stosd(U32 *d, U32 v, U64 n) { while (n--) *d++ = v; }
            #else
            #endif
            #define STR_(x) #x
            #define STR(x) STR_(x)
            #define CAT(a, b) a ## b
            #define MAX(a, b) ((a) > (b) ? (a) : (b))

            typedef U64 (*operation)(U64, U64);
            static U64 add(U64 a, U64 b) { return a + b; }
            static U64 subtract(U64 a, U64 b) { return a - b; }
            static U64 multiply(U64 a, U64 b) { return a * b; }
            static const operation operations[] = { add, subtract, multiply, 0 };
            struct node { struct node *next; U32 value; };
            static struct node third = { 0, 33 }, second = { &third, 22 }, first = { &second, 11 };
            static const char text[] = "hello\\tworld\\x41\\101" " joined";
            static const char *const names[3] = { "zero", "one", "two" };
            enum colour { RED, GREEN = 5, BLUE, NEGATIVE = -3 };

            U64 t0(U64 a, U64 b) {
                U64 r = 0;
                for (int i = 0; operations[i]; i++) r = r * 7 + operations[i](a, b) + (*operations[i])(b, a);
                operation f = a > b ? add : subtract;
                return r + f(a, b);
            }
            U64 t1(U64 a, U64 b) {
                U64 r = a + b;
                for (struct node *n = &first; n; n = n->next) r = r * 10 + n->value;
                return r;
            }
            U64 t2(U64 a, U64 b) {
                U64 r = sizeof text + a;
                for (const char *p = text; *p; p++) r = r * 31 + *p;
                for (int i = 0; i < 3; i++) for (int k = 0; names[i][k]; k++) r = r * 31 + names[i][k];
                return r + sizeof(U32) + sizeof(U64) * 2 - sizeof(U8) + sizeof(names) / sizeof(*names) + names[(b & 1) + 1][1];
            }
            U64 t3(U64 a, U64 b) {
                I32 grid[3][4] = { { 1, 2, 3, 4 }, { 5 }, [2][3] = 9 };
                I32 (*row)[4] = grid;
                I32 *end = &grid[2][4];
                U64 r = 0;
                for (I32 *p = grid[0]; p < end; ++p) r = r * 3 + *p;
                r += (end - &grid[1][0]) + row[1][0] + *(*(grid + 2) + 3) + 2[grid][3];
                row++;
                (*row)[a & 3] = (I32) b;
                return r + grid[1][a & 3];
            }
            U64 t4(U64 a, U64 b) {
                volatile I32 v = (I32) a;
                U64 r = _InterlockedIncrement(&v);
                r = r * 5 + _InterlockedDecrement(&v);
                r = r * 5 + _InterlockedExchange(&v, (I32) b);
                r = r * 5 + _InterlockedExchangeAdd(&v, 17);
                r = r * 5 + InterlockedAdd(&v, (I32) a);
                r = r * 5 + _InterlockedCompareExchange(&v, 99, v);
                r = r * 5 + _InterlockedCompareExchange(&v, 98, 1);
                r = r * 5 + _InterlockedAnd(&v, 0x3F);
                r = r * 5 + _InterlockedOr(&v, (I32) a);
                r = r * 5 + _InterlockedXor(&v, 0x55);
                _InterlockedIncrement(&v); _InterlockedExchangeAdd(&v, 3); _InterlockedAnd(&v, -2); _InterlockedOr(&v, 0x40);
                return r * 5 + v;
            }
            U64 t5(U64 a, U64 b) {
                volatile I64 w = (I64) a; volatile I16 s = (I16) a; volatile I8 c = (I8) b; void *volatile p = &first;
                U64 r = _InterlockedExchange64(&w, (I64) b);
                r = r * 5 + _InterlockedCompareExchange64(&w, 5, (I64) b) + w;
                r = r * 5 + _InterlockedOr64(&w, 0x123456789ABLL) + w;
                r = r * 5 + _InterlockedIncrement16(&s) + s;
                r = r * 5 + _InterlockedExchange16(&s, -7) + s;
                r = r * 5 + _InterlockedExchange8(&c, 100) + c;
                r = r * 5 + _InterlockedAnd8(&c, 0x3C) + c;
                r += _InterlockedExchangePointer(&p, &second) == &first;
                r += 2 * (_InterlockedCompareExchangePointer(&p, &third, &second) == &second);
                return r + 4 * (p == &third);
            }
            U64 t6(U64 a, U64 b) {
                volatile I32 bits[4] = { (I32) a, 0, (I32) b, 0 };
                I32 plain[2] = { (I32) a, (I32) b };
                U32 index = 0;
                I32 n = (I32) (b & 127);
                U64 r = _interlockedbittestandset(bits, 5) + 2 * _interlockedbittestandset(bits, n);
                r = r * 4 + _interlockedbittestandreset(bits, 5) + _interlockedbittestandreset(bits, n);
                r = r * 4 + _bittest(plain, (I32) (a & 63));
                if (_BitScanForward(&index, (U32) a)) r = r * 64 + index;
                if (_BitScanReverse64(&index, b)) r = r * 64 + index;
                r ^= _rotl((U32) a, (int) b & 31) + _rotr64(a, 13) + _rotl8((U8) a, 3);
                return r + _byteswap_ulong((U32) a) + _byteswap_ushort((U16) b) + _byteswap_uint64(b) + bits[0] + bits[3];
            }
            U64 t7(U64 a, U64 b) {
                U8 one[200], two[200]; U32 words[30]; U64 n = (a & 63) + 70;
                memset(one, (int) b, sizeof one);
                memset(two, 0x5A, n);
                memcpy(one + 3, two, n);
                memcpy(two, one, sizeof two);
                memcpy(one, two + 1, 13);
                memset(one + 20, 0xA5, 9);
                __movsb(two + 100, one, n & 63);
                __stosd(words, (U32) a, 30);
                U64 r = words[29] + 3 * words[0];
                for (int i = 0; i < 70; i++) r = r * 31 + one[i] + two[i];
                return r;
            }
            U64 t8(U64 a, U64 b) {
                enum colour c = (enum colour) (a & 7);
                I32 r = 0;
                switch (c) { case RED: r = 1; break; case GREEN: r = 2; case BLUE: r += 10; break; case NEGATIVE: r = -1; default: r ^= 0x77; }
                switch (b) { case 0x8000000000000000ULL: r += 1; break; case 0xDEADBEEFCAFEULL: r += 2; break; case 0: r += 3; break; case 1: r += 4; break; case 7: case 8: case 9: r += 5; break; case -1: r += 6; }
                return (U64) r + 'a' + 'ab' + 'abcd' + '\\0' + '\\377' + L'x' + NEGATIVE;
            }
            U64 t9(U64 a, U64 b) {
                static U32 counter = 5;
                static struct { U8 x; U64 y; } state[2] = { { 1, 2 }, { 3 } };
                counter += (U32) a; state[1].y++; state[counter & 1].x--;
                return counter + state[0].y * 3 + state[1].y * 5 + state[1].x + state[0].x + b;
            }
            U64 t10(U64 a, U64 b) {
                U64 r = 0;
                const char *line = STR(MAX(a, b) + 1) STR(CAT(x, 1) "q\\n");
                while (*line) r = r * 33 + *line++;
                return r + __LINE__ - __LINE__ + MAX(a, b);
            }
            typedef struct { U8 c[3]; } three; typedef struct { U16 h; } two; typedef struct { U64 q[5]; } forty;
            static three make3(U8 x) { three r = { { x, (U8) (x + 1), (U8) (x + 2) } }; return r; }
            static two make2(U16 x) { two r = { x }; return r; }
            static forty make40(U64 x) { forty r; for (int i = 0; i < 5; i++) r.q[i] = x * i; return r; }
            static U64 take(three a, two b, forty c, U8 d, three e, two f) { a.c[0]++; c.q[4] ^= 1; return a.c[0] + 3 * b.h + c.q[4] + d + e.c[2] * 7 + f.h; }
            U64 t11(U64 a, U64 b) {
                forty x = make40(b), y; three z; U64 r;
                y = x; z = make3((U8) a);
                r = take(z, make2((U16) b), y, (U8) a, make3(9), make2(8)) + y.q[4] + z.c[0];
                y = a & 1 ? x : make40(3);
                return r + y.q[2] + make40(a).q[3] + make3(7).c[1] + (y = x, y).q[1];
            }
            U64 t12(U64 a, U64 b) {
                I64 r = 0; I8 i = 0; U16 u = 65530;
                do { if (i == 3) continue; r += i * 7; if (r > 500) break; } while (++i < 20);
                for (;;) { if (u++ > 65533) break; r++; if (u == 0) goto out; }
                while (u) u >>= 1, r += u & 1;
            out:
                for (int k = 10, m = 0; k > m; k--, m++) r += k * m;
                if (a) if (b) r++; else r += 2;
                return (U64) r + (U64) i + u;
            }
            U64 t13(U64 a, U64 b) {
                I32 x = (I32) a; U32 y = (U32) b; I16 s = (I16) a; U8 c = (U8) b; I64 l = (I64) a; _Bool t = a, f = 0;
                U64 r = (x < y) + 2 * (s < c) + 4 * (l < y) + 8 * (-1 < 0u) + 16 * (s == (U16) s) + 32 * t + 64 * f;
                t = 0x100; f = !t; t += 5; f |= (a != b);
                r = r * 3 + t + f + (x >> 3) + (y >> 3) + (s << 4) + (c << 30) + (l >> 5) + -c + ~s + !x;
                r += x / 7 + x % 7 + l / -9 + l % -9 + y / 10 + y % 10 + (U64) a / 1000003 + s / 3 + c % 5 + x / 8 + x % 8 + y / 16 + y % 16;
                return r + (x ? s : c) + (U8) (c + 200) + (I8) (c * 3) + (U64) (I32) y + (U64) (U32) x;
            }
            U64 t14(U64 a, U64 b) {
                U8 buffer[16] = "abc"; U16 wide[] = { 'x', 'y', 0 }; U8 empty[40] = { 0 };
                struct { I32 a, b; U8 name[6]; struct { U16 p, q; } in; } s = { 1, .in = { .q = 4, .p = (U16) a }, .name = "hi" }, t = s;
                buffer[(a & 7) + 4] = (U8) b;
                U64 r = sizeof wide + wide[1] + s.in.p + t.in.q + t.name[1] + t.b;
                for (int i = 0; i < 16; i++) r = r * 5 + buffer[i] + empty[i];
                return r;
            }
            static U64 many(U8 a, I16 b, U32 c, I64 d, U8 e, I16 f, U32 g, I64 h, U64 *i) { *i += a + b; return a + 2 * b + 3 * (U64) c + 5 * d + 7 * e + 11 * f + 13 * (U64) g + 17 * h; }
            static U64 deep(U64 n) { return n == 0 ? 1 : n + deep(n - 1) * 3; }
            U64 t15(U64 a, U64 b) {
                U64 x = 1;
                U64 r = many((U8) a, (I16) b, (U32) a, (I64) b, (U8) many(1, 2, 3, 4, 5, 6, 7, 8, &x), (I16) a, (U32) deep(b & 15), deep(3), &x);
                return r + x + (a + (b + (a * (b ^ (a - (b | (a & (b + (a ^ (b * (a + deep(2)))))))))))) ;
            }
            #ifdef __DIRQL__
            #define ALIGN(x) __declspec(align(x))
            #define OFFSET(t, m) __builtin_offsetof(t, m)
            #else
            #define ALIGN(x) __attribute__((aligned(x)))
            #define OFFSET(t, m) __builtin_offsetof(t, m)
            #endif
            struct ALIGN(32) slot { U8 kind; struct { U16 low; U32 part[4]; } in; };
            U64 t16(U64 a, U64 b) {
                U64 r = 0;
                for (I32 i = -3; i < 12; i++) switch (i) { case -2 ... 1: r = r * 3 + 1; break; case 5 ... 5: r += 7; break; case 7 ... 9: r ^= a; default: r = r * 2 + 1; }
                switch (a) { case 0 ... 0x7FFFFFFFFFFFFFFFULL: r += 1; break; default: r += 2; }
                r += _Alignof(struct slot) + __alignof(U64) + sizeof(struct slot) + OFFSET(struct slot, in.part[2]) + sizeof r;
                return r + +(I8) b + (0b1011 << (b & 3));
            }
            typedef struct { I32 s : 5; U32 u : 9; U32 : 3; U32 t : 7; I64 w : 33; U64 v : 31; } fields;
            U64 t17(U64 a, U64 b) {
                fields f = { 0 }, *p = &f;
                p->s = (I32) a; f.u = (U32) b; p->t = 0x55; p->w = (I64) a; f.v = b;
                U64 r = (U64) f.s + f.u * 3 + f.t * 5 + (U64) f.w * 7 + (U64) f.v * 11;
                p->s += 3; f.u -= 5; p->t *= 3; f.w /= 3; p->v %= 1000; f.u <<= 2; p->t >>= 1; f.v |= 8; p->w ^= 0x1234567; f.u &= 0x1F3;
                r += (U64) (f.s++ - --p->s) + f.t-- + (U64) ++p->v + (f.s = 31) + (p->u = 1000) + (U64) (f.w = -1);
                U8 c = (U8) a; I16 h = (I16) b; I64 l = (I64) a;
                c /= 3; c %= 7; c <<= 3; c >>= 1; h *= 3; h -= 5; h |= 0x10; h ^= 0x55; h &= 0x7F7; l <<= 3; l >>= 2; l %= 1001;
                return r * 31 + (U64) f.s + f.u + f.t + (U64) f.w + (U64) f.v + c + (U64) h + (U64) l;
            }
            """;
}
