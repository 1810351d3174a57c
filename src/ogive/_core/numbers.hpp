// The number types a row is evaluated in.
//
//   double   one word. Good to about 2^-43 through a row: enough for the 16-bit and 32-bit dtypes, which test their rounding.
//   Pair     two words, hi + lo, with primitives good to about 2^-59: the float64 loops.
//   Wide     two words good to about 2^-100 and an exponent of their own, so that nothing underflows: slow, one element at
//            a time, for the few results whose rounding the others cannot decide.
//
// double and Pair are branch-free, so that a loop over them vectorises. Each level of the machine compiles this file anew
// inside its own namespace; nothing from the standard library is instantiated here, since the linker keeps one copy of
// an inline function and it might be the one compiled for a newer processor.
#pragma once

#include <cstdint>
#include <cstring>

#include "coefficients.hpp"

#define INLINE static inline __attribute__((always_inline))
#define INLINE_MEMBER inline __attribute__((always_inline))

constexpr double INF = __builtin_inf();
constexpr double NOT_A_NUMBER = __builtin_nan("");
// What a formula gives outside a domain that depends on its parameters, so that nobody looks for a number there.
constexpr double OUTSIDE = __builtin_nan("0x5d");
// Below this the low word of a Pair may have been lost.
constexpr double SMALL = 0x1p-969;

INLINE double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
INLINE double abs(double x) { return __builtin_fabs(x); }
INLINE float abs(float x) { return __builtin_fabsf(x); }
INLINE uint64_t bits(double x) {
    uint64_t u;
    std::memcpy(&u, &x, 8);
    return u;
}
INLINE uint32_t bits(float x) {
    uint32_t u;
    std::memcpy(&u, &x, 4);
    return u;
}
INLINE double from_bits(uint64_t u) {
    double x;
    std::memcpy(&x, &u, 8);
    return x;
}
INLINE float from_bits(uint32_t u) {
    float x;
    std::memcpy(&x, &u, 4);
    return x;
}
INLINE double with_sign(double magnitude, double sign) { return __builtin_copysign(magnitude, sign); }
INLINE float with_sign(float magnitude, float sign) { return __builtin_copysignf(magnitude, sign); }
INLINE double pick(bool c, double a, double b) { return c ? a : b; }
INLINE float pick(bool c, float a, float b) { return c ? a : b; }
INLINE double lead(double x) { return x; }
INLINE float lead(float x) { return x; }

// 2^k for k in [-1022, 1023].
INLINE double power_of_two(int64_t k) { return from_bits(uint64_t(k + 1023) << 52); }

// ── Pair ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

// Tight where |lo| is a unit or two in the last place of hi; loose where it may reach 1/50 of hi. Denominators and factors must
// be tight, addends and numerators need not be.
struct Pair {
    double hi, lo;
    Pair() = default;
    INLINE_MEMBER Pair(double h) : hi(h), lo(0) {}
    INLINE_MEMBER Pair(double h, double l) : hi(h), lo(l) {}
};

// A Pair for arguments that a table does not reach: formulas that have a table take the long way for it.
struct Far : Pair {
    using Pair::Pair;
    INLINE_MEMBER Far(Pair x) : Pair(x) {}
};

// Exact: a + b = hi + lo. The fast form needs |a| >= |b| or a = 0 (Dekker 1971); the other does not (Knuth).
INLINE Pair fast_two_sum(double a, double b) {
    double s = a + b;
    return {s, b - (s - a)};
}
INLINE Pair two_sum(double a, double b) {
    double s = a + b, t = s - a;
    return {s, (a - (s - t)) + (b - t)};
}
INLINE Pair two_product(double a, double b) {
    double p = a * b;
    return {p, fma(a, b, -p)};
}

INLINE Pair operator-(Pair a) { return {-a.hi, -a.lo}; }
INLINE Pair operator+(Pair a, Pair b) {
    Pair s = two_sum(a.hi, b.hi), t = two_sum(a.lo, b.lo);
    s = fast_two_sum(s.hi, s.lo + t.hi);
    return fast_two_sum(s.hi, s.lo + t.lo);
}
INLINE Pair operator+(Pair a, double b) {
    Pair s = two_sum(a.hi, b);
    return fast_two_sum(s.hi, s.lo + a.lo);
}
INLINE Pair operator+(double a, Pair b) { return b + a; }
INLINE Pair operator-(Pair a, Pair b) { return a + -b; }
INLINE Pair operator-(Pair a, double b) { return a + -b; }
INLINE Pair operator-(double a, Pair b) { return -b + a; }
// Products and quotients are not renormalised: the low word may reach two units of the high one, which keeps the sign of a
// zero and leaves an infinity alone.
INLINE Pair operator*(Pair a, double b) {
    Pair p = two_product(a.hi, b);
    return {p.hi, fma(a.lo, b, p.lo)};
}
INLINE Pair operator*(double a, Pair b) { return b * a; }
INLINE Pair operator*(Pair a, Pair b) {
    Pair p = two_product(a.hi, b.hi);
    return {p.hi, fma(a.lo, b.hi, fma(a.hi, b.lo, p.lo))};
}
// One division: the remainder is multiplied by the reciprocal of the leading word.
INLINE Pair operator/(Pair a, Pair b) {
    double inverse = 1 / b.hi, q = a.hi * inverse;
    double remainder = fma(-q, b.lo, fma(-q, b.hi, a.hi) + a.lo);
    return {q, remainder * inverse};
}
INLINE Pair operator/(Pair a, double b) { return a / Pair(b); }
INLINE Pair operator/(double a, Pair b) {
    double inverse = 1 / b.hi, q = a * inverse;
    return {q, fma(-q, b.lo, fma(-q, b.hi, a)) * inverse};
}
INLINE Pair square_root(Pair a) {
    double s = __builtin_sqrt(a.hi), half = 0.5 / s;
    return {s, pick(a.hi > 0, fma(fma(-s, s, a.hi) + a.lo, half, 0.0), 0.0)};
}
INLINE double square_root(double a) { return __builtin_sqrt(a); }
INLINE Pair pick(bool c, Pair a, Pair b) { return {c ? a.hi : b.hi, c ? a.lo : b.lo}; }
INLINE Pair abs(Pair x) {
    bool n = x.hi < 0;
    return {abs(x.hi), n ? -x.lo : x.lo};
}
INLINE Pair with_sign(Pair magnitude, double sign) { return {with_sign(magnitude.hi, sign), from_bits(bits(magnitude.lo) ^ (bits(sign) & 0x8000000000000000))}; }
INLINE double lead(Pair x) { return x.hi; }
INLINE Pair tight(Pair x) { return fast_two_sum(x.hi, x.lo); }
INLINE double tight(double x) { return x; }
// a + b, loose where b is.
INLINE Pair loose_sum(double a, Pair b) {
    Pair s = two_sum(a, b.hi);
    return {s.hi, s.lo + b.lo};
}
INLINE double loose_sum(double a, double b) { return a + b; }
// Multiplication by a power of two.
INLINE Pair scaled(Pair x, double power) { return {x.hi * power, x.lo * power}; }
INLINE double scaled(double x, double power) { return x * power; }
// The sum of a larger and a smaller number where the order is known; not renormalised, since |a + b| is not small.
INLINE Pair ordered_sum(double a, Pair b) {
    Pair s = fast_two_sum(a, b.hi);
    return {s.hi, s.lo + b.lo};
}
INLINE Pair ordered_sum(Pair a, Pair b) {
    Pair s = fast_two_sum(a.hi, b.hi);
    return {s.hi, s.lo + (a.lo + b.lo)};
}
INLINE double ordered_sum(double a, double b) { return a + b; }

// a + b where the sum of the leading words is exact.
INLINE Pair shifted(Pair a, double b) { return {a.hi + b, a.lo}; }
INLINE double shifted(double a, double b) { return a + b; }

INLINE double rounded(double x) { return x; }
INLINE float rounded(float x) { return x; }
// The sign is the high word's: -0 + 0 would lose it. Where a word overflowed this is nan, and the loop computes it in Wide.
INLINE double rounded(Pair x) { return with_sign(x.hi + x.lo, x.hi); }

// ── Wide ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

// (hi + lo) 2^e with 1 <= |hi| < 2 and |lo| <= ulp(hi)/2, or zero. lo may lie as far below hi as it likes: silu(3 2^-149)
// is a tie plus 3e-45 ulp, and that last bit decides it. A denominator may wait until the number is rounded: g 17159/15000 is
// a tie for some g, and not next to one.
struct Wide {
    double hi, lo, denominator = 1;
    int e;
    Wide(double h = 0, double l = 0, int exponent = 0) : hi(h), lo(l), e(exponent) {
        Pair s = two_sum(hi, lo);
        hi = s.hi, lo = s.lo;
        if (hi == 0) {
            lo = 0, e = 0;
            return;
        }
        int shift = int(bits(hi) >> 52 & 0x7ff) - 1023;
        if (shift == -1023) { hi *= 0x1p200, lo *= 0x1p200, e -= 200, shift = int(bits(hi) >> 52 & 0x7ff) - 1023; }
        int half = shift / 2;  // in two steps: 2^-shift alone may overflow
        hi = hi * power_of_two(-half) * power_of_two(half - shift);
        lo = lo * power_of_two(-half) * power_of_two(half - shift);
        e += shift;
    }
};

INLINE Wide operator-(Wide a) {
    a.hi = -a.hi, a.lo = -a.lo;
    return a;
}
static Wide divided(Wide a);
static Wide operator+(Wide a, Wide b) {
    if (a.denominator != 1 || b.denominator != 1) return divided(a) + divided(b);
    if (a.hi == 0) return b.hi == 0 ? Wide(a.hi + b.hi) : b;
    if (b.hi == 0) return a;
    if (a.e < b.e) {
        Wide t = a;
        a = b, b = t;
    }
    int d = a.e - b.e;
    double shift = power_of_two(d < 900 ? -d : -900);  // past that only the sign of b matters
    Pair s = two_sum(a.hi, b.hi * shift), t = two_sum(a.lo, b.lo * shift);
    s = fast_two_sum(s.hi, s.lo + t.hi);
    return {s.hi, s.lo + t.lo, a.e};
}
static Wide operator*(Wide a, Wide b) {
    Pair p = two_product(a.hi, b.hi);
    Wide r(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi), a.e + b.e);
    r.denominator = a.denominator * b.denominator;
    return r;
}
static Wide operator/(Wide a, Wide b) {
    if (a.denominator != 1 || b.denominator != 1) return divided(a) / divided(b);
    double q = a.hi / b.hi;
    Wide r = a + -(b * Wide(q, 0, a.e - b.e));
    double q2 = r.hi / b.hi;
    Wide r2 = r + -(b * Wide(q2, 0, r.e - b.e));
    return Wide(q, 0, a.e - b.e) + (Wide(q2, 0, r.e - b.e) + Wide(r2.hi / b.hi, 0, r2.e - b.e));
}
static Wide divided(Wide a) {
    const double by = a.denominator;
    a.denominator = 1;
    return by == 1 ? a : a / Wide(by);
}
INLINE Wide operator-(Wide a, Wide b) { return a + -b; }
INLINE Wide pick(bool c, Wide a, Wide b) { return c ? a : b; }
INLINE Wide abs(Wide x) { return x.hi < 0 ? -x : x; }
INLINE Wide with_sign(Wide magnitude, double sign) { return (magnitude.hi < 0) != (sign < 0) ? -magnitude : magnitude; }
INLINE Wide scaled(Wide x, double power) { return x * Wide(power); }
INLINE Wide ordered_sum(Wide a, Wide b) { return a + b; }
INLINE Wide loose_sum(double a, Wide b) { return Wide(a) + b; }
INLINE Wide tight(Wide x) { return x; }
INLINE Wide shifted(Wide a, double b) { return a + Wide(b); }
// The leading word as a double, for decisions; beyond the range of double only its sign and size class survive.
static double lead(Wide x) {
    int e = x.e < -1000 ? -1000 : x.e > 1000 ? 1000 : x.e;
    return x.hi * power_of_two(e);
}

static Wide square_root(Wide a) {
    if (!(a.hi > 0)) return a.hi == 0 ? a : Wide(NOT_A_NUMBER);
    int e = a.e & ~1;  // even
    Wide m(a.hi, a.lo, a.e - e), r(__builtin_sqrt(lead(m)));
    for (int i = 0; i < 2; ++i) r = (r + m / r) * Wide(0.5);
    return Wide(r.hi, r.lo, r.e + e / 2);
}

// a + b and a b for doubles.
template <class T> INLINE T sum(double a, double b) {
    if constexpr (sizeof(T) == sizeof(Pair)) return two_sum(a, b);
    else return T(a) + T(b);
}
template <class T> INLINE T product(double a, double b) {
    if constexpr (sizeof(T) == sizeof(Pair)) return two_product(a, b);
    else return T(a) * T(b);
}

// A constant held in three doubles.
template <class T> INLINE T constant(const double (&c)[3]) {
    if constexpr (sizeof(T) == sizeof(double)) return c[0];
    else if constexpr (sizeof(T) == sizeof(Pair)) return {c[0], c[1]};
    else return Wide(c[0]) + (Wide(c[1]) + Wide(c[2]));
}

// The same number as a Pair, as far as its exponent allows.
static Pair pair_of(Wide x) {
    const double scale = power_of_two(x.e < -1000 ? -1000 : x.e > 1000 ? 1000 : x.e);
    return {x.hi * scale, x.lo * scale};
}

// The nearest integer, ties to even: adding 2^52 leaves no place for a fraction.
INLINE double nearest_integer(double x) { return abs(x) < 0x1p52 ? with_sign((abs(x) + 0x1p52) - 0x1p52, x) : x; }

// Round to the nearest number with `precision` bits whose last place is not below 2^least, ties to even.
static double rounded(Wide x, int precision, int least) {
    x = divided(x);
    if (x.hi == 0 || !(abs(x.hi) < INF)) return x.hi;
    bool below = abs(x.hi) == 1 && (x.lo < 0) != (x.hi < 0) && x.lo != 0;  // |x| lies in the next binade down
    int place = x.e - below - (precision - 1);
    if (place < least) place = least;
    int d = x.e - place;
    if (d < -2) return with_sign(0.0, x.hi);
    double shift = power_of_two(d), v = x.hi * shift, rest = x.lo * shift;  // v is exact
    double n = nearest_integer(v), left = v - n;                            // left is exact: rest decides only a tie
    bool odd = int64_t(n) & 1;
    if ((left == 0.5 && rest > 0) || (left == 0 && (rest > 0.5 || (rest == 0.5 && odd)))) n += 1;
    else if ((left == -0.5 && rest < 0) || (left == 0 && (rest < -0.5 || (rest == -0.5 && odd)))) n -= 1;
    if (n == 0) return with_sign(0.0, x.hi);
    if (place > 1023) return with_sign(INF, x.hi);
    if (place >= -1022) return n * power_of_two(place);
    return n * power_of_two(-1000) * power_of_two(place + 1000);  // exact: n 2^place is representable
}
