#include "base/hash.h"

#include <string.h>

#define ROUNDS 12

/* The first 64 bits of the fractions of the square roots of the first eight primes. */
static const uint64_t start[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b,
                                  0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                  0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                  0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

/* Which words of the block each round takes, in order (RFC 7693, section 2.7). */
static const unsigned char order[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

static uint64_t turn(uint64_t x, int by)
{
    return x >> by | x << (64 - by);
}

static uint64_t load(const unsigned char *p)
{
    uint64_t x = 0;
    for (int i = 7; i >= 0; i--)
        x = x << 8 | p[i];
    return x;
}

/* The mixing function G (section 3.1). */
static void mix(uint64_t v[16], int a, int b, int c, int d, uint64_t x, uint64_t y)
{
    v[a] += v[b] + x;
    v[d] = turn(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = turn(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = turn(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = turn(v[b] ^ v[c], 63);
}

/* The compression function F (section 3.2). */
static void compress(struct hash *h, const unsigned char *block, size_t size, int last)
{
    uint64_t v[16], m[16];
    h->length += size;
    for (int i = 0; i < 16; i++)
        m[i] = load(block + 8 * i);
    memcpy(v, h->state, sizeof h->state);
    memcpy(v + 8, start, sizeof start);
    v[12] ^= h->length;
    v[14] ^= last ? ~UINT64_C(0) : 0;
    for (int r = 0; r < ROUNDS; r++) {
        const unsigned char *s = order[r % 10];
        mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
        mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
        mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
        mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
        mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
        mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
        mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
        mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    for (int i = 0; i < 8; i++)
        h->state[i] ^= v[i] ^ v[i + 8];
}

void hash_begin(struct hash *h)
{
    *h = (struct hash){0};
    memcpy(h->state, start, sizeof start);
    h->state[0] ^= 0x01010000 ^ HASH_SIZE; /* the parameters: no key, no tree */
}

/* The last block is compressed otherwise, so a full one waits until more follows. */
void hash_bytes(struct hash *h, const void *data, size_t size)
{
    const unsigned char *p = data;
    while (size > 0) {
        if (h->waiting == sizeof h->block) {
            compress(h, h->block, sizeof h->block, 0);
            h->waiting = 0;
        }
        size_t room = sizeof h->block - h->waiting, n = size < room ? size : room;
        memcpy(h->block + h->waiting, p, n);
        h->waiting += n;
        p += n;
        size -= n;
    }
}

void hash_end(struct hash *h, unsigned char out[HASH_SIZE])
{
    memset(h->block + h->waiting, 0, sizeof h->block - h->waiting);
    compress(h, h->block, h->waiting, 1);
    for (int i = 0; i < HASH_SIZE; i++)
        out[i] = (unsigned char)(h->state[i / 8] >> (8 * (i % 8)));
}

void hash_number(struct hash *h, uint64_t n)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(n >> (8 * i));
    hash_bytes(h, bytes, sizeof bytes);
}

void hash_sized(struct hash *h, const void *data, size_t size)
{
    hash_number(h, size);
    hash_bytes(h, data, size);
}

void hash_text(struct hash *h, const char *s)
{
    hash_sized(h, s, strlen(s));
}
