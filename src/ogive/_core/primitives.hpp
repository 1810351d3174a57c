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

// The same as a Pair: the leading terms in two words each, (c_0 + x (c_1 + ...)), so that what the plain words lose is small.
template <int heads, int n>
INLINE Pair polynomial(const double (&head)[heads][2], const double (&tail)[n], Pair x) {
    Pair sum = x * polynomial(tail, x.hi);
    for (int k = heads - 1; k >= 0; --k) {
        Pair s = fast_two_sum(head[k][0], sum.hi);  // exact: the head has bits to spare
        sum = {s.hi, s.lo + (head[k][1] + sum.lo)};
        if (k > 0) sum = x * sum;
    }
    return sum;
}

INLINE double within(double x, double limit) { return pick(x > limit, limit, pick(x < -limit, -limit, x)); }

// Leave a result to the next wider type.
template <class T> INLINE T undecided_if(bool c, T y) {
    if constexpr (sizeof(T) == sizeof(Wide)) return y;
    else return pick(c, T(NOT_A_NUMBER), y);
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
    double r = fma(-k, LN2, x);  // off by k 2^-55
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
    Pair s = pair_of(r), sum = 0;  // (e^r - 1)/r = 1 + r/2 (1 + r/3 (...)); 0.35^28/28! = 2^-140
    for (int n = r.e < -40 ? 4 : 28; n > 1; --n) sum = (sum + 1.0) * s / double(n);
    return {(Wide(1) + Wide(sum.hi, sum.lo)) * r, Wide(1, 0, int(k))};
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
    INLINE_MEMBER Pair minus() const {  // loose
        Pair rest = fast_two_sum(1, -scale), p = scaled(part, scale), m = fast_two_sum(rest.hi, -p.hi);
        return {m.hi, m.lo + (rest.lo - p.lo)};
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

// 1 - e^-y for y > 0, a double or T, as good as it gets, and loose.
INLINE double one_minus(double y, double) { return decay<double>(y).minus(); }
INLINE Pair one_minus(Pair y, Pair) {
    double clamped = pick(y.hi > 100, 100.0, y.hi), z = fma(-clamped, LOG2_E, MAGIC), k = z - MAGIC;
    double exact = fma(-k, LN2_HIGH, -clamped), r = fma(-k, LN2_MIDDLE, exact);
    return Decay<Pair>(Exponential<Pair>{fine_exponential_part({r, fma(-k, LN2_MIDDLE, exact - r) - pick(y.hi > 100, 0.0, y.lo)}), power_in(z)}).minus();
}
static Wide one_minus(Wide y, Wide) { return decay<Wide>(y).minus(); }
template <class T, class X> INLINE T one_minus_exp(X y) { return tight(one_minus(T(y), T())); }

// e^x for x <= 8000 or so, good enough to be an exponent itself, which multiplies its relative error by its size.
INLINE double fine_exponential(double x, double) {
    double clamped = pick(x < -708, -708.0, x), z = fma(clamped, LOG2_E, MAGIC), k = z - MAGIC;
    double exact = fma(-k, LN2_HIGH, clamped), r = fma(-k, LN2_MIDDLE, exact), scale = power_in(z);
    return fma(scale, r + r * r * fma(r, polynomial(EXPM1_PAIR, r), 0.5), scale);
}
INLINE Pair fine_exponential(double x, Pair) {  // 2^m 2^(j/32) e^r: a table keeps the chain short
    double clamped = pick(x < -693, -693.0, x), z = fma(clamped, 32 * LOG2_E, 0x1.8p52), k = z - 0x1.8p52;
    uint64_t u = bits(z), j = u & 31;
    Pair r = two_sum(fma(-k, EXP_STEP[0], clamped), -k * EXP_STEP[1]);
    r.lo = fma(-k, EXP_STEP[2], fma(-k, EXP_STEP[1], k * EXP_STEP[1]) + r.lo);
    Pair square = two_product(r.hi, r.hi), part = fast_two_sum(r.hi, 0.5 * square.hi);
    part.lo += fma(square.hi * r.hi, polynomial(EXP_STEP_TAIL, r.hi), fma(0.5, square.lo, fma(r.hi, r.lo, r.lo)));
    Pair grown = two_product(EXP_HIGH[j], part.hi), power = fast_two_sum(EXP_HIGH[j], grown.hi);
    power.lo += fma(EXP_HIGH[j], part.lo, fma(EXP_LOW[j], part.hi, EXP_LOW[j] + grown.lo));
    double scale = from_bits((u - j + (uint64_t(1023) << 5)) << 47);
    return scaled(tight(power), pick(x < -1600, 0.0, scale));
}
static Wide fine_exponential(double x, Wide) {
    auto e = exponential(Wide(x));
    return e.scale * (Wide(1) + e.part);
}
// e^x for any double x: past 2^1023 in two steps.
INLINE double power_of_e(double x, double) {
    auto e = exponential(pick(x > 709, 709.0, x));
    return fma(e.scale, e.part, e.scale);
}
INLINE Pair power_of_e(double x, Pair) {
    double clamped = pick(x > 710, 710.0, pick(x < -693, -693.0, x)), z = fma(clamped, LOG2_E, MAGIC), k = z - MAGIC;
    double exact = fma(-k, LN2_HIGH, clamped), r = fma(-k, LN2_MIDDLE, exact);
    Pair power = ordered_sum(1, exponential_part({r, fma(-k, LN2_MIDDLE, exact - r)}));
    return scaled(scaled(power, 2), pick(x < -1600, 0.0, power_in(z - 1)));
}
static Wide power_of_e(double x, Wide) { return fine_exponential(x < 1e5 ? x : 1e5, Wide()); }

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
    Pair z = pair_of(s * s), sum = 0;
    for (int n = 47; n > 1; n -= 2) sum = tight(sum + 2.0 / Pair(n)) * z;  // 0.2^48 = 2^-111
    return ((s * (Wide(2) + Wide(sum.hi, sum.lo)) + Wide(k * LN2_LOW)) + Wide(k) * Wide(LN2_MIDDLE)) + Wide(k * LN2_HIGH);
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

// log y for y > 0, as a double or T; with y 2^-k = (1 + s)/(1 - s).
template <class T, class X>
INLINE T logarithm(X y) {
    bool tiny = lead(y) < 0x1p-900, huge = lead(y) > 0x1p900;  // scale: the bits of a subnormal number do not tell its binade
    X within = scaled(y, pick(tiny, 0x1p100, pick(huge, 0x1p-100, 1.0)));
    Binade b = binade(lead(within), 1);
    T a = T(scaled(within, b.inverse));
    return log_series(b.k - pick(tiny, 100.0, pick(huge, -100.0, 0.0)), (a - 1.0) / (a + 1.0));
}
template <> Wide logarithm<Wide>(Wide y);
template <> Wide logarithm<Wide>(double y) { return logarithm<Wide>(Wide(y)); }
template <> Wide logarithm<Wide>(Wide y) {  // the exponent of its own, so that s is small
    int k = abs(y.hi) > 1.4 ? y.e + 1 : y.e;
    Wide a(y.hi, y.lo, y.e - k);
    return log_series(k, (a - Wide(1)) / (a + Wide(1)));
}

// log(1 + u) for u > -1.
template <class T>
INLINE T log1p(T u) {
    T v = tight(1.0 + u);
    Binade b = binade(lead(v), 1);
    T a = scaled(v, b.inverse);
    return log_series(b.k, pick(b.k == 0, u, a - 1.0) / (a + 1.0));
}

// log(p/q) with q = 1 - p: s = (p 2^-k - q)/(p 2^-k + q), whose numerator is exact where k = 0.
template <class T>
INLINE T logit(double p) {
    bool tiny = p < 0x1p-900;
    double big = pick(tiny, p * 0x1p100, p);
    T q = T(1) - T(p);
    Binade b = binade(big, lead(q));
    T a = T(big * b.inverse);
    return log_series(b.k - pick(tiny, 100.0, 0.0), (a - q) / (a + q));
}

// log((1 + x)/(1 - x))/2 for x as a double or T: where k = 0 the numerator is 2 x.
template <class T, class X>
INLINE T atanh(X x) {
    T z = T(abs(x)), a = T(1) + z, b = T(1) - z;
    Binade power = binade(lead(a), lead(b));
    a = scaled(a, power.inverse);
    T numerator = pick(power.k == 0, z + z, a - b);
    return with_sign(scaled(log_series(power.k, numerator / (a + b)), 0.5), lead(x));
}

// log(1 - e^-y) for y > 0, as a double or T: log1p(-e^-y) where that is near 0.
template <class T, class X>
INLINE T log1mexp(X y) {
    T v = one_minus_exp<T>(pick(lead(y) < 0x1p-900, X(1.0), y));
    Binade b = binade(lead(v), 1);
    T a = scaled(v, b.inverse);
    T value = log_series(b.k, pick(b.k == 0, -decay<T>(y).t(), a - 1.0) / (a + 1.0));
    return pick(lead(y) < 0x1p-900, logarithm<T>(pick(lead(y) < 0x1p-900, y, X(1.0))), pick(lead(value) == 0, T(-0.0), value));
}

// log(e^y - 1) for y > 0. With e^y = 2^k (1 + part), e^y - 1 = c + 2^k part where c = 2^k - 1 is exact, and next to its root
// log 2, where k = 1, the numerator e^y - 2 = 2 part keeps the accuracy of part.
INLINE Exponential<double> exponential_near_log2(double y, double) { return exponential(y); }
INLINE Exponential<Pair> exponential_near_log2(Pair y, Pair) {
    double z = fma(y.hi, LOG2_E, MAGIC), k = z - MAGIC;
    Pair r = two_sum(fma(-k, LN2_HIGH, y.hi), -k * LN2_MIDDLE);
    r = fast_two_sum(r.hi, fma(-k, LN2_LOW, r.lo) + y.lo);
    return {fine_exponential_part(r), power_in(z)};
}
INLINE Exponential<Pair> exponential_near_log2(double y, Pair) { return exponential_near_log2(Pair(y), Pair()); }
static Exponential<Wide, Wide> exponential_near_log2(Wide y, Wide) { return exponential(y); }

template <class T, class X>
INLINE T inverse_softplus(X y) {
    auto e = exponential_near_log2(pick(lead(y) > 50, X(50.0), y), T());
    double whole = lead(e.scale) - 1;
    T part = e.part * e.scale;
    double value = pick(lead(y) < 0x1p-900, lead(y) * 0x1p100, whole + lead(part));
    Binade b = binade(value, 1);
    double inverse = b.inverse, c = whole * inverse;
    part = pick(lead(y) < 0x1p-900, T(value * inverse), scaled(part, inverse));
    T s = ((c - 1) + part) / ((c + 1) + part);
    return pick(lead(y) > 50, T(y), log_series(b.k - pick(lead(y) < 0x1p-900, 100.0, 0.0), s));
}

// ── trigonometry ────────────────────────────────────────────────────────────────────────────────────────────────────────

// atan(a/b) for a, b >= 0: one division, by a/b, (a - b)/(a + b) or -b/a, whichever is within tan(pi/8).
INLINE double atan_series(double s) {
    double z = s * s;
    return fma(s * z, polynomial(ATAN, z), s);
}
INLINE Pair atan_series(Pair s) {
    Pair z = tight(s) * tight(s);
    return ordered_sum(s.hi, s * polynomial(ATAN_PAIR_HEAD, ATAN_PAIR_TAIL, z) * z + s.lo);
}
static Wide atan_series(Wide s) {
    Pair z = pair_of(-(s * s)), sum = 0;
    for (int n = 87; n > 1; n -= 2) sum = tight(sum + 1.0 / Pair(n)) * z;  // tan(pi/8)^88 = 2^-112
    return s * (Wide(1) + Wide(sum.hi, sum.lo));
}
template <class T>
INLINE T atan_of(T a, T b) {
    const double slope = 0.41421356;
    bool low = lead(a) <= slope * lead(b), high = lead(b) < slope * lead(a);
    T up = pick(low, a, pick(high, -b, a - b)), down = pick(low, b, pick(high, a, a + b));
    T angle = atan_series(up / down);
    return pick(low, angle, pick(high, constant<T>(HALF_PI), constant<T>(QUARTER_PI)) + angle);
}

// Sine and cosine for |v| <= pi/4.
INLINE double sine(double v) {
    double z = v * v;
    return fma(v * z, polynomial(SIN, z), v);
}
INLINE double cosine(double v) {
    double z = v * v;
    return fma(z * z, polynomial(COS, z), fma(-0.5, z, 1));
}
INLINE Pair sine(Pair v) {
    Pair z = v * v;
    return tight(ordered_sum(v.hi, v * (z * polynomial(SIN_PAIR_HEAD, SIN_PAIR_TAIL, z)) + v.lo));
}
INLINE Pair cosine(Pair v) {
    Pair z = tight(v * v);
    return tight(1.0 + (z * polynomial(COS_PAIR_HEAD, COS_PAIR_TAIL, z) + -0.5) * z);
}
static Wide sine(Wide v) {
    Wide z = -(v * v), sum = 0;
    for (int n = 31; n > 1; n -= 2) sum = (sum + Wide(1)) * z / Wide(n * (n - 1));
    return (sum + Wide(1)) * v;
}
static Wide cosine(Wide v) {
    Wide z = -(v * v), sum = 0;
    for (int n = 30; n > 1; n -= 2) sum = (sum + Wide(1)) * z / Wide(n * (n - 1));
    return sum + Wide(1);
}

// ── the normal distribution ─────────────────────────────────────────────────────────────────────────────────────────────

// Mills' ratio Phi(-z)/phi(z) for z >= 0: a polynomial in t = (z - 4)/(z + 4) = 1 - 8 w, times w = 1/(z + 4), so that one
// expansion serves from 0 to infinity.
INLINE double mills(double z) {
    double w = 1 / (z + 4);
    return w * polynomial(MILLS, fma(-8.0, w, 1.0));
}
INLINE Pair mills(Pair z) {
    Pair w = 1.0 / (z + 4.0), t = tight(1.0 + scaled(w, -8.0));
    return w * tight(polynomial(MILLS_PAIR_HEAD, MILLS_PAIR_TAIL, t));
}
static Wide mills(Wide z) {
    Pair p = pair_of(z), sum = 0;
    if (lead(z) > 0x1p60) return Wide(1) / z;
    if (lead(z) > 5) {  // the continued fraction 1/(z + 1/(z + 2/(z + ...)))
        Pair f = p;
        for (int k = int(20 + 1600 / (p.hi * p.hi)); k > 0; --k) f = p + tight(Pair(k) / f);
        return Wide(1) / Wide(f.hi, f.lo);
    }
    Pair square = tight(p * p);  // sqrt(pi/2) e^(z^2/2) - (z + z^3/3 + z^5/15 + ...)
    for (int n = 181; n > 1; n -= 2) sum = (sum + 1.0) * square / double(n);
    auto e = exponential(-(z * z * Wide(0.5)));
    return constant<Wide>(SQRT_HALF_PI) / (e.scale * (Wide(1) + e.part)) - (Wide(1) + Wide(sum.hi, sum.lo)) * z;
}
// h (h - z) with h = phi(z)/Phi(-z), between 2/pi and 1.
INLINE double hazard_bend(double z) { return polynomial(HAZARD, fma(-8.0, 1 / (z + 4), 1.0)); }
INLINE Pair hazard_bend(Pair z) {
    Pair w = 1.0 / (z + 4.0);
    return polynomial(HAZARD_PAIR_HEAD, HAZARD_PAIR_TAIL, tight(1.0 + scaled(w, -8.0)));
}
static Wide hazard_bend(Wide z) {
    if (lead(z) > 0x1p20) return Wide(1) - Wide(1) / (z * z);  // 1 - 1/z^2 + 6/z^4 - ...
    Wide m = mills(z);
    return (Wide(1) - z * m) / (m * m);
}

// phi(x) sqrt(2 pi) = e^(-x^2/2); x^2/2 is exact as a Pair.
INLINE double bell(double x) {
    auto e = exponential(-0.5 * x * x);
    return fma(e.scale, e.part, e.scale);
}
INLINE Pair half_square(double x) { return two_product(0.5 * x, x); }
INLINE Pair half_square(Pair x) { return scaled(x * x, 0.5); }
INLINE Pair bell_of(Pair y) { return Decay<Pair>(exponential(-y)).t(); }
template <class T, class X> INLINE T density(X x) {  // e^(-x^2/2)
    if constexpr (sizeof(T) == sizeof(double)) return bell(x);
    else if constexpr (sizeof(T) == sizeof(Pair)) return bell_of(half_square(pick(abs(lead(x)) > 60, X(60.0), x)));
    else {
        auto e = exponential(-(T(x) * T(x) * T(0.5)));
        return e.scale * (T(1) + e.part);
    }
}
// Phi(-z) for z >= 0.
// Past 60 everything is far below the range, and z may be infinite.
template <class T> INLINE T normal_tail(double z) { return density<T>(z) * tight(constant<T>(NORMAL_PEAK) * mills(T(pick(z > 60, 60.0, z)))); }
// Phi(x) - 1/2 for |x| <= 0.72.
static Wide normal_middle(Wide x) {
    Wide sum = 0, z = x * x * Wide(-0.5);
    for (int k = 24; k > 0; --k) sum = sum * z / Wide(k + 1) + Wide(1) / Wide(2 * k + 1);
    return x * (sum * z + Wide(1)) * constant<Wide>(NORMAL_PEAK);
}

constexpr double ROUNDING = 0x1.8p52;
INLINE double table_row(double z) { return fma(z, 32, ROUNDING) - ROUNDING; }

// One step from the table: for sign 1 Phi(z) - 1/2, z < NORMAL_MIDDLE_ROWS/32, and for sign -1 Phi(-z). k is 32 z to the nearest integer.
// The sign is a number and no condition, lest GCC makes branches of it.
template <bool middle, class X> INLINE Pair normal_step(X z, double k, double sign = -1) {  // loose
    int64_t i = int64_t(bits(k + fma(sign, 0.5 * NORMAL_MIDDLE_START, 0.5 * NORMAL_MIDDLE_START) + ROUNDING) & 0x1ff);
    double at = NORMAL_AT[i], density = NORMAL_DENSITY[i], d = lead(z) - at, p = at * d, q = d * d;
    double s = fma(q, fma(q, polynomial(NORMAL_STEP_3, p), polynomial(NORMAL_STEP_2, p)), polynomial(NORMAL_STEP_1, p));
    s = fma(q, s, p * polynomial(NORMAL_STEP_0, p));
    Pair step = two_product(density, sign * d), total = fast_two_sum(NORMAL_VALUE[i], step.hi);
    double rest = step.lo;
    if constexpr (sizeof(X) == sizeof(Pair)) rest = fma(sign * density * z.lo, fma(-p, fma(-p, fma(-p, 1.0 / 6, 0.5), 1), 1), rest);  // times the density at z
    if constexpr (middle) rest += pick(k == 0, d * NORMAL_PEAK[1], 0.0);  // the one density that is no double
    return {total.hi, total.lo + fma(step.hi, s, rest)};
}

template <class T> INLINE T normal_cdf(double x) {
    double z = abs(x), near = pick(z > NORMAL_TABLE_END, NORMAL_TABLE_END, z);
    if constexpr (std::is_same_v<T, Pair>) {
        Pair tail = normal_step<false>(near, table_row(near));
        return pick(x < 0, undecided_if(z > NORMAL_TABLE_END, tail), ordered_sum(1, -tail));
    } else {
        T tail = normal_tail<T>(z);
        return pick(x < 0, tail, 1.0 - tail);
    }
}
// erf(x) = 2 Phi(sqrt(2) x) - 1, from the side that does not cancel.
template <class T> INLINE T root_two_times(double x) { return scaled(constant<T>(SQRT_HALF) * x, 2); }
// e^-x^2, not from sqrt(2) x, whose square is not exact.
template <class T> INLINE T gaussian(double x) {
    if constexpr (sizeof(T) == sizeof(double)) {
        auto e = exponential(-x * x);
        return fma(e.scale, e.part, e.scale);
    } else if constexpr (sizeof(T) == sizeof(Pair)) {
        double near = pick(abs(x) > 60, 60.0, x);
        return bell_of(two_product(near, near));
    } else {
        auto e = exponential(-(T(x) * T(x)));
        return e.scale * (T(1) + e.part);
    }
}
// erfc(z) for z >= 0.
template <class T> INLINE T erfc_tail(double z) {
    double end = NORMAL_TABLE_END * SQRT_HALF[0], near = pick(z > end, end, z);
    if constexpr (std::is_same_v<T, Pair>) return scaled(normal_step<false>(root_two_times<T>(near), table_row(2 * SQRT_HALF[0] * near)), 2);
    else return scaled(gaussian<T>(z) * tight(constant<T>(NORMAL_PEAK) * mills(root_two_times<T>(pick(z > 60, 60.0, z)))), 2);
}
template <class T> INLINE T erf(double x) {
    double z = abs(x);
    if constexpr (std::is_same_v<T, Pair>) {
        double near = pick(z > 8, 8.0, z), k = table_row(2 * SQRT_HALF[0] * near), sign = with_sign(1, NORMAL_MIDDLE_ROWS - 0.5 - k);
        return with_sign(ordered_sum(fma(sign, -0.5, 0.5), scaled(normal_step<true>(root_two_times<T>(near), k, sign), sign + sign)), x);
    } else if constexpr (sizeof(T) == sizeof(double)) {
        double near = within(x, ERF_END);
        return near * polynomial(ERF, fma(near, near, -7.85));
    } else {
        T middle = scaled(normal_middle(root_two_times<T>(pick(z > 0.5, 0.5, z))), 2);
        return with_sign(pick(z < 0.5, middle, 1.0 - erfc_tail<T>(z)), x);
    }
}
template <class T> INLINE T erfc(double x) {
    T tail = erfc_tail<T>(abs(x));
    if constexpr (std::is_same_v<T, Pair>) return pick(x < 0, ordered_sum(2, -tail), undecided_if(x > NORMAL_TABLE_END * SQRT_HALF[0], tail));
    else return pick(x < 0, 2.0 - tail, tail);
}
// log Phi(x): on the left -x^2/2 + log(Mills' ratio/sqrt(2 pi)), on the right log(1 - Phi(-x)).
INLINE double minus_half_square(double x, double) { return -0.5 * x * x; }
INLINE Pair minus_half_square(double x, Pair) {
    Pair y = two_product(-0.5 * x, x);
    return {y.hi, pick(abs(x) < 0x1p500, y.lo, 0.0)};
}
static Wide minus_half_square(double x, Wide) { return Wide(-0.5) * Wide(x) * Wide(x); }
template <class T> INLINE T log_normal_cdf(double x) {
    double z = abs(x);
    T ratio = constant<T>(NORMAL_PEAK) * mills(T(z)), tail = density<T>(z) * tight(ratio);
    T v = tight(pick(x < 0, ratio, 1.0 - tail));
    Binade b = binade(lead(v), 1);
    T a = scaled(v, b.inverse);
    T log = log_series(b.k, pick((x >= 0) & (b.k == 0), -tail, a - 1.0) / (a + 1.0));
    return pick(x < 0, minus_half_square(x, T()) + log, pick(lead(log) == 0, T(-0.0), log));
}
// phi(x)/Phi(x).
template <class T> INLINE T hazard(double x) {
    double z = abs(x);
    T m = mills(T(z)), peak = constant<T>(NORMAL_PEAK) * density<T>(z);
    if constexpr (sizeof(T) == sizeof(Wide)) {
        if (x < -0x1p26) return T(z) + (T(1) / T(z) - T(2) / (T(z) * T(z) * T(z)));  // whose far words decide ties
    }
    return pick(x < -0x1p500, T(z), pick(x < 0, T(1), peak) / tight(pick(x < 0, m, 1.0 - peak * m)));
}

// The x with Phi(x) = 1/2 + q, where tails = 1 - 2 |q|, both exact. In double by polynomials; else from a start good to 2^-20, and its
// correction by the series of the inverse function in u = (Phi(x) - p)/phi(x). In the middle Phi - 1/2 is compared with q, further
// out Phi(-x) with tails/2, or far out Mills' ratio with p/phi(x), so that neither cancels more than the start does.
INLINE double quantile_radius(double tails) { return __builtin_sqrt(-2 * (logarithm<double>(tails) - LN2)); }
INLINE double quantile_start(double q, double tails) {
    double r = quantile_radius(tails), v = 1 / r;
    return pick(abs(q) <= 0.25, abs(q) * polynomial(QUANTILE_START_MIDDLE, q * q), r * polynomial(QUANTILE_START_TAIL, v));
}
// tails/2 e^(x^2/2) sqrt(2 pi)
INLINE Pair tail_over_density(double tails, double x, Pair) {
    bool far = x > 13;
    Pair y = half_square(x), shift = pick(far, Pair(600 * LN2_HIGH, 600 * LN2_MIDDLE), Pair(0));
    Pair e = Decay<Pair>(exponential(shift - y)).t();
    return Pair(pick(far, tails * 0x1p599, 0.5 * tails)) / e * constant<Pair>(SQRT_TWO_PI);
}
static Wide tail_over_density(double tails, Wide x, Wide) {
    auto e = exponential(-(x * x * Wide(0.5)));
    return Wide(0.5) * Wide(tails) / (e.scale * (Wide(1) + e.part)) * constant<Wide>(SQRT_TWO_PI);
}
// The correction of x, from u: x - u + x u^2/2 - (1 + 2 x^2) u^3/6 + (7 x + 6 x^3) u^4/24.
INLINE double quantile_rest(double x, double u) {
    double x2 = x * x;
    return u * u * fma(u, fma(u, x * fma(x2, 0.25, 7.0 / 24), fma(x2, -1.0 / 3, -1.0 / 6)), 0.5 * x);
}
template <class T> INLINE T quantile(double q, double tails) {
    if constexpr (sizeof(T) == sizeof(double)) {
        double r = quantile_radius(tails), near = abs(q) * polynomial(QUANTILE_MIDDLE, q * q);
        return with_sign(pick(abs(q) <= 0.25, near, r * polynomial(QUANTILE_TAIL, (r - 4) / (r + 4))), q);
    } else if constexpr (std::is_same_v<T, Far>) {
        double x = quantile_start(q, tails);
        Pair u = tight(tail_over_density(tails, x, Pair()) - mills(Pair(x)));
        return with_sign(ordered_sum(x, quantile_rest(x, u.hi) - u), q);
    } else {  // one step from the table; the difference of two neighbours loses nothing
        double x = quantile_start(q, tails), near = pick(x > NORMAL_TABLE_END, NORMAL_TABLE_END, x), sign = with_sign(1, 0x1.fffffffffffffp-3 - abs(q));  // at 1/4 q may be rounded
        auto e = exponential(0.5 * near * near);
        Pair above = normal_step<true>(near, table_row(near), sign) - pick(sign > 0, abs(q), 0.5 * tails);
        double u = sign * above.hi * SQRT_TWO_PI[0] * fma(e.scale, e.part, e.scale);
        return with_sign(undecided_if(x > NORMAL_TABLE_END, fast_two_sum(x, quantile_rest(x, u) - u)), q);
    }
}
template <> Wide quantile<Wide>(double q, double tails) {
    double z = abs(q);
    if (z < 0x1p-200) return constant<Wide>(SQRT_TWO_PI) * Wide(q);
    Wide x = quantile_start(q, tails);
    for (int i = 0; i < 5; ++i) {
        Wide u = z < 0.25 ? (normal_middle(x) - Wide(z)) * constant<Wide>(SQRT_TWO_PI) / density<Wide>(x) : tail_over_density(tails, x, Wide()) - mills(x);
        x = x - u + x * u * u * Wide(0.5);
    }
    return with_sign(x, q);
}
// Its derivatives: Mills' ratio at x over the tail, half of tails, and x times the square of that.
template <class T> INLINE T quantile_slope(T x, T tails) { return scaled(tight(mills(abs(x))) / tails, 2); }

// ── roots ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

// f(x) = d (slope + d (bend + d rest(d))) with d = x - root, |d| <= reach: the root is irrational and held in three doubles, so
// that d is good to all its bits. Further away, the row's own formula.
template <int n>
INLINE double near_root(double x, const Root<n>& r, double formula) {
    double d = (x - r.root[0]) - r.root[1];
    return pick(abs(d) < r.reach, d * fma(d, fma(d, polynomial(r.rest, d), r.bend[0]), r.slope[0]), formula);
}
template <int n>
INLINE Pair near_root(Pair x, const Root<n>& r, Pair formula) {
    Pair e = two_sum(x.hi - r.root[0], x.lo), d = two_sum(e.hi, -r.root[1]);
    d.lo += e.lo - r.root[2];
    Pair bent = two_product(d.hi, r.bend[0]), quotient = fast_two_sum(r.slope[0], bent.hi);
    quotient.lo += r.slope[1] + fma(d.hi, fma(d.hi, polynomial(r.rest, d.hi), r.bend[1]), fma(d.lo, r.bend[0], bent.lo));
    return pick(abs(d.hi) < r.reach, d * tight(quotient), formula);
}
// In Wide the row's own formula is good enough, but next to the root.
template <int n>
static Wide near_root(Wide x, const Root<n>& r, Wide formula) {
    Wide d = ((x - Wide(r.root[0])) - Wide(r.root[1])) - Wide(r.root[2]);
    if (d.e >= -20) return formula;
    Wide rest = d * Wide(polynomial(r.rest, lead(d)));
    return d * (Wide(r.slope[0], r.slope[1]) + d * (Wide(r.bend[0], r.bend[1]) + rest));
}

// A row with a zero at 0 that it approaches with a factor below 1 would underflow too early: a tiny x stands in, with the sign of
// the result, and is doubtful.
template <class T> INLINE T zero_at_zero(double x, T stand_in, T formula) {
    if constexpr (sizeof(T) == sizeof(Wide)) return formula;
    else return pick(abs(x) < 0x1p-969, stand_in, formula);
}

// A result that is not zero, though a word of it may have underflowed to zero.
template <class T> INLINE T not_zero(T y) {
    if constexpr (sizeof(T) == sizeof(Wide)) return y;
    else return pick(lead(y) == 0, T(with_sign(0x1p-1000, lead(y))), y);
}

// ── shapes that rows share ──────────────────────────────────────────────────────────────────────────────────────────────

// A parameter that is exactly 1, so that multiplying and dividing by it costs nothing.
struct One {};

template <class T> INLINE T times(double a, double x) {
    if constexpr (sizeof(T) == sizeof(Pair)) return two_product(a, x);
    else return T(a) * T(x);
}
template <class T> INLINE double times(One, double x) { return x; }
// A Pair too small to be right, which the loop would notice, stays small.
template <class T> INLINE T by(T x, double a) {
    if constexpr (sizeof(T) == sizeof(Pair)) return pick(abs(x.hi) < SMALL, with_sign(abs(x), x.hi * a), x * a);
    else return x * T(a);
}
template <class T> INLINE T by(T x, One) { return x; }
template <class T> INLINE T over(T x, double a) {
    if constexpr (sizeof(T) == sizeof(Pair)) return pick(abs(x.hi) < SMALL, x, x / a);
    else return x / T(a);
}
template <class T> INLINE T over(T x, One) { return x; }
INLINE double number(double a) { return a; }
INLINE double number(One) { return 1; }

INLINE double above_zero(double x) { return pick(x > 0, x, 0.0); }
INLINE double below_zero(double x) { return pick(x < 0, x, -0.0); }

// The logistic function and its derivative t/(1 + t)^2, from t = e^-|x|; its bend is tanh(|x|/2) = (1 - t)/(1 + t), since
// the second derivative is -derivative tanh(x/2).
template <class T, class X> INLINE T logistic(X x) {
    auto e = decay<T>(x);
    return pick(lead(x) < 0, e.loose_t(), T(1)) / e.plus(1);
}
template <class T, class X> INLINE T logistic_bend(X x) {
    if constexpr (sizeof(T) == sizeof(Wide)) {
        if (Wide(x).e < -26) {  // x/2 - x^3/24, whose second term two words cannot hold beside the first, unless it is far away
            T z = abs(T(x)), half = scaled(z, 0.5);
            return half - half * z * z / T(12);
        }
    }
    auto e = decay<T>(x);
    return tight(e.minus()) / e.plus(1);
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

// max(-x, 0), nan going through.
INLINE double fall(double x) { return pick(x > 0, 0.0, -x); }

// ── sigmoids ────────────────────────────────────────────────────────────────────────────────────────────────────────────

template <class T> INLINE T one_plus_square(T y) { return 1.0 + y * y; }
template <class T> INLINE T cauchy_cdf(double x) {
    double z = abs(x);
    T turn = constant<T>(INVERSE_PI) * tight(atan_of<T>(T(pick(x < 0, 1.0, z)), T(pick(x < 0, z, 1.0))));
    return pick(x < 0, turn, 0.5 + turn);
}
template <class T> INLINE T cauchy_bend(double x) {
    T w = T(1) / one_plus_square<T>(T(x));
    return zero_at_zero<T>(x, -x, not_zero(scaled(constant<T>(INVERSE_PI) * (w * x) * w, -2)));
}
template <class T> INLINE T laplace_cdf(double x) {
    T tail = scaled(decay<T>(x).t(), 0.5);
    return pick(x < 0, tail, 1.0 - tail);
}

// E = e^-x; from x = -8 down exp(-E) is 0.
template <class T> INLINE T gumbel_exponent(double x) { return fine_exponential(pick(x < -8, 8.0, -x), T()); }
template <class T> INLINE T gumbel_cdf(double x) {
    T e = gumbel_exponent<T>(x);
    return pick(lead(e) > 750, T(0), decay<T>(e).t());  // e^-750 is below every format
}
template <class T> INLINE T gumbel_complement(double x) { return one_minus_exp<T>(gumbel_exponent<T>(x)); }
template <class T> INLINE T gumbel_slope(double x) {
    T e = gumbel_exponent<T>(x);
    return e * decay<T>(e).t();
}
// E exp(-E) (E - 1), with E - 1 = e^-x - 1 from the side that does not cancel.
template <class T> INLINE T gumbel_bend(double x) {
    T e = gumbel_exponent<T>(x), m = one_minus_exp<T>(abs(x));
    return zero_at_zero<T>(x, -x, e * decay<T>(e).t() * pick(x < 0, e * m, -m));
}

// c softplus(y), and its exponentials.
template <class T, class C> INLINE T times_softplus(double y, C c) { return tight(times<T>(c, above_zero(y)) + by(log1p_of<T>(decay<T>(y)), c)); }
template <class T, class C> INLINE T power_of_logistic(double x, C c) {
    if constexpr (std::is_same_v<C, One>) return tight(logistic<T>(x));
    // The exponent must be better than double: its size is a factor of the error.
    else if constexpr (sizeof(T) == sizeof(double)) return lead(power_of_logistic<Pair>(x, c));
    else return tight(pick(number(c) == 1, logistic<T>(x), decay<T>(times_softplus<T>(-x, c)).t()));
}
template <class T, class C> INLINE T generalized_logistic_slope(double x, C c) {
    if constexpr (sizeof(T) == sizeof(Wide)) {
        const double n = number(c);
        if (abs(x) < 0x1p-60 && n == nearest_integer(n) && n > 1 && n < 64) {  // next to c/2^(c+1), of which a gradient may make a tie
            T f = T(n) * logistic<T>(-x);
            for (int k = 0; k < n; ++k) f = f * logistic<T>(x);
            return f;
        }
    }
    return pick(number(c) == 1, logistic_slope<T>(x), by(power_of_logistic<T>(x, c) * tight(logistic<T>(-x)), c));
}
template <class T, class C> INLINE T generalized_logistic_bend(double x, C c) {
    // c F(x) s(-x) (c s(-x) - s(x)), the bracket being (c t - 1)/(1 + t) or (c - t)/(1 + t)
    auto e = decay<T>(x);
    T m = tight(e.minus()), excess = T(number(c)) - 1.0, n = pick(x < 0, excess + m, excess * e.t() - m);
    T f = by(power_of_logistic<T>(x, c) * tight(logistic<T>(-x)) * tight(n / e.plus(1)), c);
    T logistic_case = zero_at_zero<T>(x, -x, with_sign(logistic_slope<T>(x) * logistic_bend<T>(x), -x));
    return pick(number(c) == 1, logistic_case, undecided_if(abs(lead(n)) < 0.0625 * lead(m), f));
}
template <class T, class C> INLINE T generalized_logit(double p, C c) {
    T v = -inverse_softplus<T>(tight(over(tight(-logarithm<T>(p)), c)));
    if constexpr (sizeof(T) == sizeof(Wide)) v = pick(v.e < -80, T(0), v);  // p = 2^-c
    return pick(number(c) == 1, logit<T>(p), undecided_if(abs(lead(v)) < 0.125, v));
}

// v/6, by multiplication.
INLINE double sixth(double v) {  // as good as the quotient
    double inverse = ONE_SIXTH[0], q = v * inverse;
    return fma(fma(-6.0, q, v), inverse, q);
}
INLINE Pair sixth(Pair v) { return v * constant<Pair>(ONE_SIXTH); }
static Wide sixth(Wide v) { return v / Wide(6); }
template <class T> INLINE T hard_sigmoid(double x) { return sixth(sum<T>(3, within(x, 3))); }

// slope x + offset; a product beyond 1e300 is as good as infinite.
INLINE double product_within(double a, double x, double) { return a * x; }
INLINE Pair product_within(double a, double x, Pair) {
    Pair p = two_product(a, x);
    return {within(p.hi, 1e300), pick(abs(p.hi) > 1e300, 0.0, p.lo)};
}
static Wide product_within(double a, double x, Wide) { return abs(x) == INF ? Wide(with_sign(1, a) * with_sign(1e300, x)) : Wide(a) * Wide(x); }
template <class T> INLINE T linear(double slope, double x, double offset) { return pick((slope == 0) & (x == x), T(0), product_within(slope, x, T())) + offset; }
template <class T> INLINE T clipped(T v) { return pick(lead(v) <= 0, T(0), pick(lead(v) >= 1, T(1), v)); }  // v is tight
template <class T> INLINE T linear_sigmoid_slope(double slope, double x, double offset) {
    T v = linear<T>(slope, x, offset);
    double low = lead(v), high = lead(v - 1.0);
    T f = pick(x == x, pick((low > 0) & (high < 0), T(slope), T(0)), T(x));
    if constexpr (sizeof(T) == sizeof(double)) return undecided_if((abs(low) < 0x1p-40) | (abs(high) < 0x1p-40), f);
    else return f;
}

// 1/sqrt(1 + alpha x^2), and x times it, from 1/x where x is large.
template <class T, class A> INLINE T isru_root(double x, A alpha) { return T(1) / tight(square_root(tight(1.0 + times<T>(alpha, x) * T(x)))); }
template <class T, class A> INLINE T isru(double x, A alpha) {
    double z = abs(x);
    if constexpr (sizeof(T) == sizeof(double)) {
        double v = within(x, 1e100);  // far past float32
        return v / __builtin_sqrt(fma(number(alpha) * v, v, 1));
    }
    T y = T(1) / T(pick((z > 1) & (z < INF), z, 1.0));
    T sum = pick(z > 1, pick(z == INF, T(0), y * y) + number(alpha), 1.0 + times<T>(alpha, pick(z > 1, 1.0, z)) * T(z));
    T root = T(1) / tight(square_root(tight(sum)));
    return undecided_if(lead(sum) < 0x1p-900, pick(z > 1, with_sign(root, x), root * x));
}
template <class T, class A> INLINE T isru_inverse(double y, A alpha) {
    T d = tight(1.0 - times<T>(alpha, y) * T(y));
    T f = T(y) / tight(square_root(d));
    return pick(lead(d) > 0, f, pick(lead(d) == 0, T(with_sign(INF, y)), T(OUTSIDE)));
}

template <class T> INLINE T scaled_arctan(double x) { return with_sign(constant<T>(TWO_OVER_PI) * tight(atan_of<T>(constant<T>(HALF_PI) * abs(x), T(1))), x); }
template <class T> INLINE T scaled_arctan_bend(double x) {
    T v = constant<T>(HALF_PI) * x, w = T(1) / one_plus_square<T>(v);
    return zero_at_zero<T>(x, -x, not_zero(scaled(constant<T>(HALF_PI) * (v * w) * w, -2)));
}
// tan(pi a/2) for 0 <= a <= 1, and sin(pi p) for 0 <= p <= 1.
template <class T> INLINE T tangent_of_half_turns(double a) {
    bool low = a <= 0.5;
    T v = constant<T>(HALF_PI) * pick(low, a, 1 - a), s = sine(v), c = cosine(v);
    return pick(low, s, c) / pick(low, c, s);
}
template <class T> INLINE T sine_of_half_turns(double p) {
    double q = pick(p <= 0.5, p, 1 - p);
    bool low = q <= 0.25;
    T v = constant<T>(PI) * pick(low, q, 0.5 - q);
    return pick(low, sine(v), cosine(v));
}
template <class T> INLINE T one_plus_decay_square(double x) {
    T t = decay<T>(x).t();
    return 1.0 + t * t;
}
// log((1 + tan(z/2))/(1 - tan(z/2))), and next to pi/2 -log tan(d/2) with d = pi/2 - z.
INLINE double below_half_pi(double z, double) { return (HALF_PI[0] - z) + HALF_PI[1]; }
INLINE Pair below_half_pi(double z, Pair) {
    Pair d = two_sum(HALF_PI[0] - z, HALF_PI[1]);
    return fast_two_sum(d.hi, d.lo + HALF_PI[2]);
}
static Wide below_half_pi(double z, Wide) { return constant<Wide>(HALF_PI) - Wide(z); }
template <class T> INLINE T gudermannian_inverse(double y) {
    double z = abs(y);
    T d = below_half_pi(z, T());
    bool near = z < 0.8;
    T v = scaled(pick(near, T(z), d), 0.5), s = sine(v), c = cosine(v), a = pick(near, c + s, c), b = tight(pick(near, c - s, s));
    Binade power = binade(lead(a), lead(b));
    a = scaled(a, power.inverse);
    T f = log_series(power.k, pick(near & (power.k == 0), scaled(s, 2), a - b) / (a + b));
    return pick(lead(d) > 0, with_sign(f, y), T(NOT_A_NUMBER));
}
template <class T> INLINE T lecun_tanh(double x) {
    if constexpr (sizeof(T) == sizeof(Wide)) {
        if (abs(x) < 0x1p-26) {  // ties of 17159 x/15000 are decided by the next term, 4 x^2/27
            T line = T(17159) * T(x) / T(15000);
            return line - line * T(x) * T(x) * T(4) / T(27);
        }
    }
    return with_sign(constant<T>(LECUN_SCALE) * logistic_bend<T>(tight(constant<T>(FOUR_THIRDS) * x)), x);
}
template <class T> INLINE T lecun_tanh_bend(double x) {
    if constexpr (sizeof(T) == sizeof(Wide)) {
        if (abs(x) < 0x1p-26) {
            T line = T(-16 * 17159) * T(x), bend = line - line * T(x) * T(x) * T(16) / T(27);
            bend.denominator = 270000;
            return bend;
        }
    }
    T v = tight(constant<T>(FOUR_THIRDS) * x);
    return zero_at_zero<T>(x, -x, with_sign(scaled(constant<T>(LECUN_SCALE) * tight(logistic_slope<T>(v)) * logistic_bend<T>(v), 32) / T(9), -x));
}
template <class T> INLINE T lecun_tanh_slope(double x) {
    if constexpr (sizeof(T) == sizeof(Wide)) {
        if (abs(x) < 0x1p-26) {
            T slope = T(17159) - T(17159) * T(x) * T(x) * T(4) / T(9);
            slope.denominator = 15000;
            return slope;
        }
    }
    return scaled(constant<T>(LECUN_SCALE) * tight(logistic_slope<T>(tight(constant<T>(FOUR_THIRDS) * x))), 8) / T(3);
}

// ── rectifiers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

// f on (a, ...), -inf at a and nan below, for x - a of this sign.
template <class T> INLINE T above_pole(double excess, T f) { return pick(excess > 0, f, pick(excess == 0, T(-INF), T(OUTSIDE))); }
// alpha (1 - e^(-z/alpha)) and alpha log(1 + y/alpha), which are z and y where the quotient is tiny.
template <class T, class A> INLINE T celu_branch(double z, A alpha) {
    T u = tight(T(z) / T(number(alpha)));
    return pick(z == INF, T(number(alpha)), pick(lead(u) < 0x1p-60, T(z), by(one_minus_exp<T>(u), alpha)));
}
template <class T, class A> INLINE T celu_inverse_branch(double y, A alpha) {
    T u = tight(T(y) / T(number(alpha)));
    return above_pole<T>(y + number(alpha), pick(abs(lead(u)) < 0x1p-60, T(y), by(log1p<T>(u), alpha)));
}

// tanh z for z >= 0, good enough to be squared.
template <class T> INLINE T fine_tanh(double z) {
    if constexpr (sizeof(T) == sizeof(Pair)) return one_minus_exp<T>(2 * z) / decay<T>(2 * z).plus(1);
    else return logistic_bend<T>(2 * z);
}
// x - tanh x, near 0 by its series.
INLINE double tanh_shrink_near(double z) { return z * z * z * polynomial(TANH_SHRINK, z * z); }
INLINE Pair tanh_shrink_near(Pair z) {
    Pair z2 = z * z;
    return z2 * z * tight(polynomial(TANH_SHRINK_PAIR_HEAD, TANH_SHRINK_PAIR_TAIL, tight(z2)));
}
template <class T> INLINE T tanh_shrink(double x) {
    double z = abs(x);
    if constexpr (sizeof(T) == sizeof(Wide)) {
        if (z < 1) {  // (z cosh z - sinh z)/cosh z, whose series have positive terms
            T z2 = T(z) * T(z), n = 0, c = 0;
            for (int k = 20; k > 0; --k) n = (n + T(2 * k) / T(2 * k + 1)) * z2 / T(2 * k * (2 * k - 1)), c = (c + T(1)) * z2 / T(2 * k * (2 * k - 1));
            return with_sign(n * T(z) / (c + T(1)), x);
        }
        // Far out z - 1, and a trifle more, which no word holds and which decides ties.
        return with_sign(z < 700 ? T(z) - logistic_bend<T>(2 * z) : T(z) + (T(-1) + T(1, 0, -900)), x);
    } else {
        bool near = z < 0.7;
        return with_sign(pick(z == 0, T(0), not_zero(pick(near, tanh_shrink_near(T(pick(near, z, 0.5))), z - logistic_bend<T>(2 * z)))), x);
    }
}

// ── gates ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

template <class T, class B> INLINE T softplus_slope_in_beta(double x, B beta) {
    auto u = times<T>(beta, abs(x));
    auto e = decay<T>(u);
    return -over(over(tight(u * (e.t() / e.plus(1)) + log1p_of<T>(e)), beta), beta);
}

// x and r = sqrt(x^2 + b), both times a power of two f that keeps the squares in range.
template <class T> struct Hypotenuse {
    double f, back, x;  // back = 1/f
    T r;
};
template <class T, class B> INLINE Hypotenuse<T> hypotenuse(double x, B b) {
    double z = abs(x), c = number(b);
    if constexpr (sizeof(T) == sizeof(double)) return {1, 1, x, __builtin_sqrt(fma(x, x, c))};
    else {
        bool large = fma(z, 0x1p-400, c * 0x1p-800) > 1, small = fma(z, 0x1p400, c * 0x1p800) < 1;
        double f = pick(large, 0x1p-520, pick(small, 0x1p520, 1.0)), y = x * f;
        return {f, pick(large, 0x1p520, pick(small, 0x1p-520, 1.0)), y, tight(square_root(product<T>(y, y) + T(c * f * f)))};
    }
}
// (|x| + r)/2, or b/4 divided by it.
template <class T, class B> INLINE T squareplus(double x, B b) {
    auto h = hypotenuse<T>(x, b);
    T large = tight(h.r + abs(h.x));
    return pick(x < 0, number(b) * (0.5 * h.f) / large, scaled(large, 0.5 * h.back));
}
template <class T, class B> INLINE T squareplus_slope(double x, B b) {
    auto h = hypotenuse<T>(x, b);
    if constexpr (sizeof(T) == sizeof(Wide)) {
        if (abs(h.x) < 0x1p-10 * lead(h.r)) return scaled(T(1) + T(h.x) / h.r, 0.5);  // r + x may not fit two words
    }
    bool left = h.x < -0x1p-10 * lead(h.r);  // r + x = b/(r - x)
    T sum = pick(left, scaled(T(number(b) * h.f) / (h.r - h.x), h.f), h.r + h.x);
    return not_zero(scaled(sum / h.r, 0.5));
}
template <class T, class B> INLINE T squareplus_bend(double x, B b) {
    auto h = hypotenuse<T>(x, b);
    T w = T(0.5 * h.f) / h.r;
    return not_zero(scaled(w * number(b) * w * w, 4));
}
// y - b/(4 y) as (4 y^2 - b)/(4 y), unless the square leaves the range.
template <class T, class B> INLINE T squareplus_inverse(double y, B b) {
    if constexpr (sizeof(T) == sizeof(double)) return (4 * y * y - number(b)) / (4 * y);
    else {
        double inside = pick((y > 0x1p-400) & (y < 0x1p400), y, 1.0);
        T near = (T(inside) * T(4 * inside) - number(b)) / T(4 * inside);
        return pick((y > 0x1p-400) & (y < 0x1p400), near, T(y) - T(number(b)) / (T(y) * T(4)));
    }
}

// The derivatives of x s(x), of double or T.
template <class T, class X> INLINE T silu_slope(X x) {
    T f = logistic<T>(x) * tight(1.0 + x * logistic<T>(-x));
    return near_root(T(x), SILU_1, f);
}
template <class T, class X> INLINE T silu_bend(X z) {
    T f = logistic_slope<T>(z) * tight(2.0 - z * logistic_bend<T>(z));
    return near_root(T(z), SILU_2, f);
}
// swish at infinity depends on the sign of beta.
template <class T, class B> INLINE T swish(double x, B beta) {
    T f = by(logistic<T>(times<T>(beta, x)), x);
    return pick(abs(x) == INF, T(pick(x * number(beta) < 0, with_sign(0.0, x), x)), f);
}
template <class T, class B> INLINE T swish_slope(double x, B beta) {
    double b = number(beta);
    T f = silu_slope<T>(times<T>(beta, pick(abs(x) == INF, 1.0, x)));
    return pick(abs(x) == INF, T(pick(b == 0, 0.5, pick(x * b < 0, -0.0, 1.0))), f);
}
template <class T, class B> INLINE T swish_bend(double x, B beta) {
    double b = number(beta);
    T f = by(silu_bend<T>(abs(times<T>(beta, pick(abs(x) == INF, 1.0, x)))), b);
    return pick(b == 0, pick(x == x, T(0), T(x)), pick(abs(x) == INF, T(with_sign(0.0, -b)), f));
}
template <class T, class B> INLINE T swish_slope_in_beta(double x, B beta) {
    T f = not_zero(by(by(logistic_slope<T>(times<T>(beta, pick(abs(x) == INF, 1.0, x))), x), x));
    f = pick(x == 0, T(0), f);
    return pick(abs(x) == INF, T(pick(number(beta) == 0, INF, 0.0)), f);
}

// Where the negative formula underflows; Wide knows better.
template <class T> INLINE T zero_beyond(bool far, T formula) {
    if constexpr (sizeof(T) == sizeof(Wide)) return formula;
    else return pick(far, T(-0.0), formula);
}
template <class T> INLINE T gelu_slope(double x) {
    T f = normal_cdf<T>(x) + constant<T>(NORMAL_PEAK) * density<T>(x) * x;
    return near_root(T(x), GELU_1, zero_beyond<T>(x < -56.5, f));
}
template <class T> INLINE T two_minus_square(double x) {
    T z = T(within(x, 60));
    return 2.0 - z * z;
}

// u = 2 sqrt(2/pi) (x + 0.044715 x^3) = x (linear + cubic x^2)
template <class T> INLINE T gelu_tanh_inner(double x) { return tight(constant<T>(GELU_TANH_LINEAR) + constant<T>(GELU_TANH_CUBIC) * product<T>(x, x)) * x; }
template <class T> INLINE T gelu_tanh_slope(double wide) {
    double x = within(wide, 60);
    T u = gelu_tanh_inner<T>(x), steep = tight(constant<T>(GELU_TANH_LINEAR) + constant<T>(GELU_TANH_CUBIC) * product<T>(x, x) * 3.0) * x;
    return near_root(T(x), GELU_TANH_1, logistic<T>(u) * tight(1.0 + steep * logistic<T>(-u)));
}
template <class T> INLINE T gelu_tanh_bend(double wide) {
    double z = within(wide, 60);
    T u = gelu_tanh_inner<T>(z), cubic = constant<T>(GELU_TANH_CUBIC) * product<T>(z, z), steep = tight(constant<T>(GELU_TANH_LINEAR) + cubic * 3.0);
    T bracket = tight(constant<T>(GELU_TANH_LINEAR) * 2.0 + cubic * 12.0) - steep * steep * z * logistic_bend<T>(u);
    return near_root(T(z), GELU_TANH_2, logistic_slope<T>(u) * bracket);
}

// x n/d with n = e (e + 2), d = n + 2, e = e^x, each divided by e^2 where x > 0; t = e^-|x|.
template <class T> struct Mish {
    T t, n, d, m;  // m: the derivative of n/d is 4 m/d^2
    INLINE_MEMBER explicit Mish(double x) : t(decay<T>(x).t()) {
        T t2 = t * t, twice = scaled(t, 2);
        n = tight(ordered_sum(pick(x < 0, twice, T(1)), pick(x < 0, t2, twice)));
        d = tight(ordered_sum(pick(x < 0, T(2), n), pick(x < 0, n, scaled(t2, 2))));
        m = pick(x < 0, t, t2) * tight(ordered_sum(T(1), t));
    }
};
template <class T> INLINE T mish_gate(double x) {
    Mish<T> w(x);
    return w.n / w.d;
}
template <class T> INLINE T mish_slope(double x) {
    Mish<T> w(x);
    T f = (w.n * w.d + w.m * (4 * pick(x > 1000, 1000.0, pick(x < -0x1p1000, -0x1p1000, x)))) / (w.d * w.d);
    return near_root(T(x), MISH_1, zero_beyond<T>(x < -1600, f));
}
template <class T> INLINE T mish_bend(double x) {
    Mish<T> w(x);
    double z = within(x, 1000);
    T t = w.t, k = pick(x < 0, t * (2.0 + t * (2.0 - t * (3.0 + scaled(t, 2)))), t * t * (-2.0 + t * (-3.0 + t * (2.0 + scaled(t, 2)))));
    T f = (w.m * w.d * 8.0 + k * (4 * z)) / (w.d * w.d) / w.d;
    return near_root(T(x), MISH_2_LEFT, near_root(T(x), MISH_2_RIGHT, zero_beyond<T>((x > 380) | (x < -1600), f)));
}

// log cosh x = 2 atanh(tanh(x/2)^2), and further out |x| - log 2 + log(1 + e^-2|x|).
template <class T> INLINE T logcosh(double x) {
    double z = abs(x);
    if constexpr (sizeof(T) == sizeof(Wide)) {
        if (z < 0x1p-26) {
            T square = T(x) * T(x);
            return scaled(square, 0.5) - square * square / T(12);
        }
    }
    T b = logistic_bend<T>(pick(z < 0.9, z, 0.5)), near = log_series(0.0, tight(b * b));
    return pick(z == 0, T(0), pick(z < 0.9, not_zero(near), (z - constant<T>(LOG_2)) + log1p_of<T>(decay<T>(2 * z))));
}

// ── links ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

template <class T> INLINE T erf_quantile(double y) { return quantile<T>(0.5 * y, 1 - abs(y)); }
template <> Wide erf_quantile<Wide>(double y) {
    if (abs(y) < 0x1p-200) return constant<Wide>(SQRT_TWO_PI) * Wide(y) * Wide(0.5);
    return quantile<Wide>(0.5 * y, 1 - abs(y));
}
// tan(pi (p - 1/2)) = -cos(pi p)/sin(pi p)
template <class T> INLINE T cauchy_ppf(double p) {
    double q = pick(p < 0.5, p, 1 - p);
    bool low = q <= 0.25;
    T v = constant<T>(PI) * pick(low, q, pick(p < 0.5, 0.5 - p, p - 0.5)), s = sine(v), c = cosine(v);
    T pole = scaled(constant<T>(INVERSE_PI) / T(pick(q < 0x1p-900, q * 0x1p200, 1.0)), 0x1p200);
    return with_sign(pick(q < 0x1p-900, pole, pick(low, c, s) / pick(low, s, c)), p - 0.5);
}
template <class T> INLINE T cauchy_ppf_slope(double p) {
    T s = sine_of_half_turns<T>(p);
    return undecided_if((p < 0x1p-400) & (p > 0), constant<T>(PI) / (s * s));
}
template <class T> INLINE T cauchy_ppf_bend(double p) {
    T w = T(1) / sine_of_half_turns<T>(p);
    return undecided_if((p < 0x1p-300) & (p > 0), constant<T>(PI) * constant<T>(PI) * 2.0 * (w * w) * tight(cauchy_ppf<T>(p)));
}
template <class T> INLINE T gumbel_ppf(T p, T log) { return near_root(p, GUMBEL_PPF_0, -logarithm<T>(tight(log))); }
template <class T> INLINE T gumbel_ppf_bend(T p, T log) {
    T l = tight(log), w = l * p;
    return near_root(p, GUMBEL_PPF_2, tight(1.0 - l) / w / w);
}
// -h (h + x) with h = phi(x)/Phi(x).
template <class T> INLINE T log_normal_bend(double x) {
    T h = hazard<T>(pick(x < 0, 0.0, x));
    return -pick(x < 0, hazard_bend(T(pick(x < 0, -x, 0.0))), h * (h + within(x, 60)));
}
template <class T> INLINE T log_gumbel_min_cdf(double x) {
    T e = gumbel_exponent<T>(-x);
    return pick(lead(e) > 750, T(-0.0), pick(x < -40, x - scaled(e, 0.5), log1mexp<T>(e)));  // e^-750 is below every format
}
template <class T> INLINE T log_gumbel_min_slope(double x) {
    T e = gumbel_exponent<T>(-x);
    return pick(x < -40, 1.0 - scaled(e, 0.5), e * decay<T>(e).t() / one_minus_exp<T>(pick(x < -40, T(1), e)));
}
// The slope times 1 - E/(1 - e^-E), which is -(E/2 + E^2/12 - E^4/720 + ...).
template <class T> INLINE T log_gumbel_min_bend(double x) {
    T e = gumbel_exponent<T>(-x), m = one_minus_exp<T>(pick(x < -40, T(1), e));
    double near = sizeof(T) == sizeof(Wide) ? 0x1p-8 : 0.25;
    T series;
    if constexpr (sizeof(T) == sizeof(Wide)) {
        T e2 = e * e;
        series = T(0);
        static constexpr double inverse[] = {12, -720, 30240, -1209600, 47900160};
        for (int k = 4; k >= 0; --k) series = (series + T(1) / T(inverse[k])) * e2;
    } else series = e * (lead(e) * polynomial(BERNOULLI, lead(e) * lead(e)));
    T bend = pick(lead(e) < near, -(scaled(e, 0.5) + series), (m - e) / m);
    return bend * tight(log_gumbel_min_slope<T>(x));
}
template <class T> INLINE T log_gumbel_min_inverse(double y) {
    T f = logarithm<T>(tight(-log1mexp<T>(pick(y > 50, 1.0, y))));
    return pick(y > 50, T(-y), undecided_if(abs(lead(f)) < 0.0625, f));
}

// ── losses ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

template <class T, class P> INLINE T cross_entropy_of_bit(double x, P target) {
    double t = number(target), z = abs(x);
    T w = pick(x > 0, 1.0 - T(t), T(t));
    T f = tight(w) * pick(z == INF, 0.0, z) + log1p_of<T>(decay<T>(x));
    return pick(z == INF, pick(lead(w) == 0, T(0), T(INF)), f);
}
template <class T, class P> INLINE T cross_entropy_of_bit_slope(double x, P target) {
    double t = number(target), part = pick(t > 0.5, 1 - t, t);
    T s = logistic<T>(pick(t > 0.5, -x, x)), d = pick(t > 0.5, part - s, s - part);
    d = undecided_if((abs(lead(d)) < 0.03125 * part), d);
    return pick(lead(d) == 0, T(with_sign(0.0, x)), d);
}
// max(0, 1 - t x)
template <class T> INLINE T margin_left(double m) {
    T d = 1.0 - T(within(m, 1e300));
    return pick(lead(d) <= 0, T(0), d);
}

// With q = s(-m), p = s(m), L = softplus(-m): q^gamma L and its derivatives in m.
template <class T> INLINE T softplus_of(double y) { return tight(above_zero(y) + log1p_of<T>(decay<T>(y))); }
template <class T> INLINE T focal(double m, double gamma) {
    if constexpr (sizeof(T) == sizeof(double)) return lead(focal<Pair>(m, gamma));
    else {
        double z = pick(abs(m) == INF, 0.0, m);
        return pick(abs(m) == INF, T(pick(m > 0, 0.0, INF)), power_of_logistic<T>(-z, gamma) * softplus_of<T>(-z));
    }
}
template <class T> INLINE T focal_slope(double m, double gamma) {
    if constexpr (sizeof(T) == sizeof(double)) return lead(focal_slope<Pair>(m, gamma));
    else {
        double z = pick(abs(m) == INF, 0.0, m);
        T q = tight(logistic<T>(-z)), p = tight(logistic<T>(z));
        T f = -(power_of_logistic<T>(-z, gamma) * tight(by(p * softplus_of<T>(-z), gamma) + q));
        return pick(abs(m) == INF, T(pick(m > 0, -0.0, -1.0)), f);
    }
}
template <class T> INLINE T focal_bend(double m, double gamma) {
    if constexpr (sizeof(T) == sizeof(double)) return lead(focal_bend<Pair>(m, gamma));
    else {
        double z = pick(abs(m) == INF, 0.0, m);
        T q = tight(logistic<T>(-z)), p = tight(logistic<T>(z)), l = softplus_of<T>(-z);
        T up = tight(by(by(p * l, gamma), gamma) + q * (T(gamma) * 2.0 + 1.0)), bracket = tight(up - by(q * l, gamma));
        T f = undecided_if(abs(lead(bracket)) < 0.0625 * lead(up), power_of_logistic<T>(-z, gamma) * p * bracket);
        return pick(abs(m) == INF, T(pick((m < 0) & (gamma > 0), -0.0, 0.0)), f);
    }
}
