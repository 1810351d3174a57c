// The primitives that rows are written with: templates over the number type, branch-free for double and Pair.
//
// Names: T is the number type of the result; arguments are exact doubles, or T where the row has made them. For each
// primitive the three types share the derivation and differ in how far the series goes.
#pragma once

#include "numbers.hpp"

// ── polynomials ─────────────────────────────────────────────────────────────────────────────────────────────────────────

// Estrin's scheme: c[first] + c[first+1] x + ..., count terms, with a logarithmic chain of dependencies.
template <int first, int count, int n>
INLINE double estrin(const double (&c)[n], double x, double x2, double x4, double x8) {
    if constexpr (count == 1) return c[first];
    else if constexpr (count == 2) return fma(c[first + 1], x, c[first]);
    else if constexpr (count <= 4) return fma(estrin<first + 2, count - 2>(c, x, x2, x4, x8), x2, estrin<first, 2>(c, x, x2, x4, x8));
    else if constexpr (count <= 8) return fma(estrin<first + 4, count - 4>(c, x, x2, x4, x8), x4, estrin<first, 4>(c, x, x2, x4, x8));
    else return fma(estrin<first + 8, count - 8>(c, x, x2, x4, x8), x8, estrin<first, 8>(c, x, x2, x4, x8));
}
template <int n>
INLINE double polynomial(const double (&c)[n], double x) {
    double x2 = x * x, x4 = x2 * x2;
    return estrin<0, n>(c, x, x2, x4, x4 * x4);
}

// ── exponentials ────────────────────────────────────────────────────────────────────────────────────────────────────────

// e^x = scale (1 + part) with scale = 2^k, part = e^r - 1 and x = k log 2 + r, |r| <= log(2)/2. From these two follow e^x
// and, without cancellation, e^x - 1 = (scale - 1) + scale part. x is at most 708.
template <class T, class Scale = double>
struct Exponential {
    T part;
    Scale scale;
};

// k in the low bits of z = k + 1023 + 1.5 2^52: the sum itself rounds to an integer, and its bits shifted are 2^k.
constexpr double MAGIC = 0x1.8p52 + 1023;
INLINE double power_in(double z) { return from_bits(bits(z) << 52); }

// e^-708 is far below any 32-bit result.
INLINE Exponential<double> exponential(double x) {
    x = pick(x < -708, -708.0, x);
    double z = fma(x, LOG2_E, MAGIC), k = z - MAGIC;
    double r = fma(-k, LN2_MIDDLE, fma(-k, LN2_HIGH, x));
    return {fma(r * r, polynomial(EXPM1, r), r), power_in(z)};
}
// e^r - 1 for r in two words, loose. r.hi may be as small as it likes.
INLINE Pair exponential_part(Pair r) {
    double square = r.hi * r.hi, rest = fma(r.hi, r.hi, -square);
    double hi = fma(0.5, square, r.hi), lo = fma(0.5, square, r.hi - hi);
    return {hi, lo + fma(square * r.hi, polynomial(EXPM1_PAIR, r.hi), fma(0.5, rest, fma(hi, r.lo, r.lo)))};
}
// The same with the cubic term in two words as well, tight: for rows that divide by e^r - 1 or cancel it.
INLINE Pair fine_exponential_part(Pair r) {
    double square = r.hi * r.hi, rest = fma(r.hi, r.hi, -square);
    double cube = square * r.hi, cube_rest = fma(rest, r.hi, fma(square, r.hi, -cube));
    double third = cube * EXPM1_PAIR[0], third_rest = fma(cube_rest, EXPM1_PAIR[0], fma(cube, EXPM1_PAIR[0], -third));
    double x2 = square, x4 = x2 * x2, fourth = cube * r.hi * estrin<1, 9>(EXPM1_PAIR, r.hi, x2, x4, x4 * x4);
    Pair two = fast_two_sum(r.hi, 0.5 * square), three = fast_two_sum(two.hi, third);
    return fast_two_sum(three.hi, three.lo + (two.lo + (third_rest + fourth + fma(0.5, rest, fma(two.hi, r.lo, r.lo)))));
}
// Below -693 the answer is a stand-in of about 2^-1000, small enough to be seen by `doubtful` in whatever the row makes of
// it, and is computed again in Wide; below -1600 it is 0, which no cofactor brings back into range.
INLINE Exponential<Pair> pair_exponential(double x) {
    double clamped = pick(x < -693, -693.0, x);
    double z = fma(clamped, LOG2_E, MAGIC), k = z - MAGIC;
    double exact = fma(-k, LN2_HIGH, clamped), r = fma(-k, LN2_MIDDLE, exact);
    return {exponential_part({r, fma(-k, LN2_MIDDLE, exact - r)}), pick(x < -1600, 0.0, power_in(z))};
}
INLINE Exponential<Pair> exponential(Pair x) {
    auto e = pair_exponential(x.hi);
    double low = pick(x.hi < -693, 0.0, x.lo);  // e^low = 1 + low
    e.part.lo += fma(low, e.part.hi + e.part.lo, low);
    return e;
}
static Exponential<Wide, Wide> exponential(Wide x) {
    if (lead(x) < -1e5) x = Wide(-1e5);
    double k = nearest_integer(lead(x) * LOG2_E);
    Wide r = ((x - Wide(k * LN2_HIGH)) - Wide(k) * Wide(LN2_MIDDLE)) - Wide(k * LN2_LOW);
    Wide part = 0;
    int terms = r.e < -4 ? 2 + 110 / -r.e : 28;  // r^terms < 2^-110, or 0.35^28/28! = 2^-140
    for (int n = terms; n > 1; --n) part = (Wide(1) + part) * r / Wide(n);
    return {(Wide(1) + part) * r, Wide(1, 0, int(k))};
}

// t = e^-|x| and its kin, each computed where it is asked for: t itself, t + c for c >= 1, and 1 - t without cancellation.
template <class T>
struct Decay;

template <>
struct Decay<double> {
    Exponential<double> e;
    INLINE_MEMBER double t() const { return fma(e.scale, e.part, e.scale); }
    INLINE_MEMBER double loose_t() const { return t(); }
    INLINE_MEMBER double plus(double c) const { return c + t(); }
    INLINE_MEMBER double minus() const { return (1 - e.scale) - e.scale * e.part; }
};
template <>
struct Decay<Pair> {
    double scale;
    Pair part, power;  // power = 1 + part, loose
    INLINE_MEMBER explicit Decay(Exponential<Pair> e) : scale(e.scale), part(e.part), power(ordered_sum(1, e.part)) {}
    INLINE_MEMBER Pair loose_t() const { return scaled(power, scale); }
    INLINE_MEMBER Pair t() const { return scaled(tight(power), scale); }
    INLINE_MEMBER Pair plus(double c) const {
        double sum = fma(scale, power.hi + power.lo, c);
        return {sum, fma(scale, power.lo, fma(scale, power.hi, c - sum))};
    }
    INLINE_MEMBER Pair minus() const {
        Pair rest = fast_two_sum(1, -scale), p = scaled(part, scale), m = fast_two_sum(rest.hi, -p.hi);
        return fast_two_sum(m.hi, m.lo + (rest.lo - p.lo));
    }
};
template <>
struct Decay<Wide> {
    Exponential<Wide, Wide> e;
    Wide t() const { return e.scale * (Wide(1) + e.part); }
    Wide loose_t() const { return t(); }
    Wide plus(double c) const { return Wide(c) + t(); }
    Wide minus() const { return (Wide(1) - e.scale) - e.scale * e.part; }
};

// X is double, or T where the row has made its argument.
template <class T, class X>
INLINE Decay<T> decay(X x) {
    if constexpr (sizeof(X) == sizeof(double) && sizeof(T) == sizeof(Pair)) return Decay<T>(pair_exponential(-abs(x)));
    else return Decay<T>{exponential(-abs(T(x)))};
}

// 1 - e^-y for y > 0, as good as it gets.
INLINE double one_minus_exp(double y, double) { return decay<double>(y).minus(); }
INLINE Pair one_minus_exp(double y, Pair) {
    double clamped = pick(y > 100, 100.0, y), z = fma(-clamped, LOG2_E, MAGIC), k = z - MAGIC;
    double exact = fma(-k, LN2_HIGH, -clamped), r = fma(-k, LN2_MIDDLE, exact);
    return Decay<Pair>(Exponential<Pair>{fine_exponential_part({r, fma(-k, LN2_MIDDLE, exact - r)}), power_in(z)}).minus();
}
static Wide one_minus_exp(double y, Wide) { return decay<Wide>(y).minus(); }

// ── logarithms ──────────────────────────────────────────────────────────────────────────────────────────────────────────

// k log 2 + 2 atanh(s) = log(2^k (1 + s)/(1 - s)) for |s| <= 1/5; where k = 0, as accurate as s is.
INLINE double log_series(double k, double s) {
    double z = s * s, twice = s + s;
    return fma(k, LN2, fma(twice * z, polynomial(ATANH, z), twice));
}
INLINE Pair log_series(double k, Pair s) {  // loose
    double z = s.hi * s.hi, twice = s.hi + s.hi;
    double tail = fma(twice * z, polynomial(ATANH_PAIR, z), fma(k, LN2_MIDDLE, s.lo + s.lo));
    Pair sum = fast_two_sum(k * LN2_HIGH, twice);  // k is 0, or the first the larger
    return {sum.hi, sum.lo + tail};
}
static Wide log_series(double k, Wide s) {
    Wide z = s * s, sum = 0;
    for (int n = 47; n > 0; n -= 2) sum = sum * z + Wide(2) / Wide(n);  // 0.2^48 = 2^-111
    return ((s * sum + Wide(k * LN2_LOW)) + Wide(k) * Wide(LN2_MIDDLE)) + Wide(k * LN2_HIGH);
}

// log(1 + t) for t = e^-|x|: past 1/2 halve 1 + t, so that s = t/(2 + t) or (t - 1)/(t + 3); t - 1 is exact then.
template <class T>
INLINE T log1p_of(const Decay<T>& e) {
    T t = e.t();
    bool halve = lead(t) > 0.5;
    return log_series(pick(halve, 1.0, 0.0), shifted(t, pick(halve, -1.0, 0.0)) / e.plus(pick(halve, 3.0, 2.0)));
}

// The power of two nearest to a/b in the sense that a/b 2^-k lies in [1/1.5013, 1.5013], from the bits alone. b in [2^-1022, 4].
struct Binade {
    double k, inverse;
};
INLINE Binade binade(double a, double b) {
    uint64_t biased = (bits(a) - bits(b) + (uint64_t(1023) << 52) + (uint64_t(1) << 51)) >> 52;
    return {from_bits(biased | 0x4330000000000000) - (0x1p52 + 1023), from_bits((2046 - biased) << 52)};
}

// log(p/q) with q = 1 - p: s = (p 2^-k - q)/(p 2^-k + q), whose numerator is exact where k = 0.
template <class T>
INLINE T logit(double p) {
    bool tiny = p < 0x1p-900;  // scale: the bits of a subnormal number do not tell its binade
    double big = pick(tiny, p * 0x1p100, p);
    T q = T(1) - T(p);
    Binade b = binade(big, lead(q));
    T a = T(big * b.inverse);
    return log_series(b.k - pick(tiny, 100.0, 0.0), (a - q) / (a + q));
}

// log((1 + x)/(1 - x))/2: where k = 0 the numerator is 2 x.
template <class T>
INLINE T atanh(double x) {
    double z = abs(x);
    T a = T(1) + T(z), b = T(1) - T(z);
    Binade power = binade(lead(a), lead(b));
    a = scaled(a, power.inverse);
    T numerator = pick(power.k == 0, T(z + z), a - b);
    return with_sign(scaled(log_series(power.k, numerator / (a + b)), 0.5), x);
}

// log(e^y - 1) for y > 0. With e^y = 2^k (1 + part), e^y - 1 = c + 2^k part where c = 2^k - 1 is exact, and next to its root
// log 2, where k = 1, the numerator e^y - 2 = 2 part keeps the accuracy of part.
INLINE Exponential<double> exponential_near_log2(double y, double) { return exponential(y); }
INLINE Exponential<Pair> exponential_near_log2(double y, Pair) {
    double z = fma(y, LOG2_E, MAGIC), k = z - MAGIC;
    Pair r = two_sum(fma(-k, LN2_HIGH, y), -k * LN2_MIDDLE);
    r = fast_two_sum(r.hi, fma(-k, LN2_LOW, r.lo));
    return {fine_exponential_part(r), power_in(z)};
}
static Exponential<Wide, Wide> exponential_near_log2(double y, Wide) { return exponential(Wide(y)); }

template <class T>
INLINE T inverse_softplus(double y) {
    auto e = exponential_near_log2(pick(y > 50, 50.0, y), T());
    double whole = lead(e.scale) - 1;
    T part = e.part * e.scale;
    double value = pick(y < 0x1p-900, y * 0x1p100, whole + lead(part));
    Binade b = binade(value, 1);
    double inverse = b.inverse, c = whole * inverse;
    part = pick(y < 0x1p-900, T(value * inverse), scaled(part, inverse));
    T s = ((c - 1) + part) / ((c + 1) + part);
    return pick(y > 50, T(y), log_series(b.k - pick(y < 0x1p-900, 100.0, 0.0), s));
}

// ── roots ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

// f(x) = d (slope + d (bend + d rest(d))) with d = x - root, |d| <= 1/4: the root is irrational and held in three doubles, so
// that d is good to all its bits.
template <int n>
INLINE double near_root(double x, const double (&root)[3], const double (&slope)[2], const double (&bend)[2], const double (&rest)[n], double) {
    double d = (x - root[0]) - root[1];
    return d * fma(d, fma(d, polynomial(rest, d), bend[0]), slope[0]);
}
template <int n>
INLINE Pair near_root(double x, const double (&root)[3], const double (&slope)[2], const double (&bend)[2], const double (&rest)[n], Pair) {
    Pair d = two_sum(x - root[0], -root[1]), bent = two_product(d.hi, bend[0]);
    d.lo -= root[2];
    Pair quotient = fast_two_sum(slope[0], bent.hi);
    quotient.lo += slope[1] + fma(d.hi, fma(d.hi, polynomial(rest, d.hi), bend[1]), fma(d.lo, bend[0], bent.lo));
    return d * tight(quotient);
}
// In Wide the row's own formula is good enough: it comes here only for what is not near a root, or needs 2^-40.
template <int n>
static Wide near_root(double, const double (&)[3], const double (&)[2], const double (&)[2], const double (&)[n], Wide formula) {
    return formula;
}

// A row with a zero at 0 that it approaches with a factor below 1 would underflow too early: a tiny x stands in, with the sign of
// the result, and is doubtful.
template <class T> INLINE T zero_at_zero(double x, T stand_in, T formula) {
    if constexpr (sizeof(T) == sizeof(Wide)) return formula;
    else return pick(abs(x) < 0x1p-969, stand_in, formula);
}

// ── shapes that rows share ──────────────────────────────────────────────────────────────────────────────────────────────

// A parameter that is exactly 1, so that multiplying and dividing by it costs nothing.
struct One {};

template <class T> INLINE T times(double a, double x) {
    if constexpr (sizeof(T) == sizeof(Pair)) return two_product(a, x);
    else return T(a) * T(x);
}
template <class T> INLINE double times(One, double x) { return x; }
template <class T> INLINE T by(T x, double a) { return x * a; }
template <class T> INLINE T by(T x, One) { return x; }
template <class T> INLINE T over(T x, double a) { return x / T(a); }
template <class T> INLINE T over(T x, One) { return x; }

INLINE double above_zero(double x) { return pick(x > 0, x, 0.0); }
INLINE double below_zero(double x) { return pick(x < 0, x, -0.0); }

// The logistic function and its derivative t/(1 + t)^2, from t = e^-|x|; its bend is tanh(|x|/2) = (1 - t)/(1 + t), since
// the second derivative is -derivative tanh(x/2).
template <class T, class X> INLINE T logistic(X x) {
    auto e = decay<T>(x);
    return pick(lead(x) < 0, e.loose_t(), T(1)) / e.plus(1);
}
template <class T, class X> INLINE T logistic_bend(X x) {
    auto e = decay<T>(x);
    return e.minus() / e.plus(1);
}
template <class T, class X> INLINE T logistic_slope(X x) {
    if constexpr (sizeof(T) == sizeof(Wide)) {
        // Near 0 the derivative is 1/4 less a square too small for two words, yet it decides ties: g/4 of a subnormal g.
        if (Wide(x).e < -30) {
            T bend = logistic_bend<T>(x);
            return (T(1) - bend * bend) * T(0.25);
        }
    }
    auto e = decay<T>(x);
    T w = T(1) / e.plus(1);
    return e.loose_t() * w * w;
}
