// What vector functions share: reading a row, surveying it, sums that do not depend on the order, and gradients.
#pragma once

#include "loops.hpp"

// ── a row ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

// A row of at most KEPT entries is read once; a longer one again in each pass, a block of KEPT at a time. Blocks are filled up
// with -inf to a multiple of 16, so that the loops over them have no remainders.
constexpr Index KEPT = 4 * BLOCK;
INLINE Index padded(Index n) { return (n + 15) / 16 * 16; }

template <class S>
class Row {
    char *x, *mask;
    Index x_step, mask_step;
    bool negated, masked;
    alignas(64) double kept[KEPT];

    void load(Index start, Index m) {
        gather<S>(kept, x + start * x_step, x_step, m);
        if (negated)
            for (Index i = 0; i < m; ++i) kept[i] = -kept[i];
        if (masked)
            for (Index i = 0; i < m; ++i) kept[i] = pick(takes(start + i), kept[i], -INF);
        for (Index i = m; i < padded(m); ++i) kept[i] = -INF;
    }

  public:
    Index n = 0;

    void open(char* new_x, Index new_x_step, char* new_mask, Index new_mask_step, Index new_n, bool negate = false) {
        x = new_x, x_step = new_x_step, mask = new_mask, mask_step = new_mask_step, n = new_n, negated = negate;
        masked = n > 0 && !(mask_step == 0 && takes(0));
        if (n <= KEPT) load(0, n);
    }
    INLINE_MEMBER bool takes(Index i) const { return element<bool>(mask, i, mask_step); }
    INLINE_MEMBER double operator[](Index i) const {
        double v = decoded(element<S>(x, i, x_step));
        return negated ? -v : v;
    }
    INLINE_MEMBER Index size(Index start) const { return n - start < KEPT ? n - start : KEPT; }
    // The entries from `start` on; those that do not take part are -inf. Valid until the next call.
    const double* block(Index start) {
        if (n > KEPT) load(start, size(start));
        return kept;
    }
    Index find(double value) {
        for (Index start = 0; start < n; start += KEPT) {
            const double* v = block(start);
            for (Index i = 0; i < size(start); ++i)
                if (v[i] == value) return start + i;
        }
        return -1;
    }
};

struct Survey {
    double top = -INF, second = -INF;  // the largest entry, and if both are asked for the largest of the others
    bool nan = false;
    Index infinite = 0, taking = 0;  // counted where the largest entry is infinite
    bool finite() const { return !nan && abs(top) < INF; }
    bool alone() const { return second < top; }
};

template <bool both = true, class S>
static Survey survey(Row<S>& row) {
    constexpr int LANES = 16;
    alignas(64) double first[LANES], second[LANES];
    for (int l = 0; l < LANES; ++l) first[l] = second[l] = -INF;
    uint64_t nan = 0;
    for (Index start = 0; start < row.n; start += KEPT) {
        const double* x = row.block(start);
        const Index m = padded(row.size(start));
        for (Index i = 0; i < m; i += LANES)
            for (int l = 0; l < LANES; ++l) {
                double v = x[i + l];
                nan |= v != v ? 1 : 0;
                if constexpr (both) {
                    double low = pick(v < first[l], v, first[l]);
                    second[l] = pick(low > second[l], low, second[l]);
                }
                first[l] = pick(v > first[l], v, first[l]);
            }
    }
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int l = 0; l < half; ++l) {
            double a = first[l], b = first[l + half];
            first[l] = pick(a > b, a, b);
            if constexpr (both) {
                double low = pick(a < b, a, b), rest = pick(second[l] > second[l + half], second[l], second[l + half]);
                second[l] = pick(low > rest, low, rest);
            }
        }
    Survey s;
    s.top = first[0], s.second = second[0], s.nan = nan;
    if (!s.nan && abs(s.top) == INF)
        for (Index i = 0; i < row.n; ++i) s.taking += row.takes(i), s.infinite += row.takes(i) && row[i] == INF;
    return s;
}

// What a row without a finite maximum gives: `mass` spread over the entries that take part, or over all if none does.
template <class S>
static double degenerate(const Row<S>& row, const Survey& s, double mass, Index i) {
    if (s.nan) return NOT_A_NUMBER;
    if (s.top == INF) return row.takes(i) && row[i] == INF ? 1.0 / double(s.infinite) : 0.0;
    if (s.taking == 0) return mass / double(row.n);
    return row.takes(i) || mass != mass ? mass / double(s.taking) : 0.0;
}

template <class S> INLINE void store(char* to, Index i, Index step, double y) { element<S>(to, i, step) = encoded<S>(y); }
template <class S> static void store_wide(char* to, Index i, Index step, Wide y) { store<S>(to, i, step, rounded(y, Format<S>::precision, Format<S>::least)); }
template <class S>
static void store_block(const double* y, char* to, Index step, Index n) {
    if (step == Index(sizeof(S))) {
#pragma GCC ivdep
        for (Index i = 0; i < n; ++i) store<S>(to, i, sizeof(S), y[i]);
    } else
        for (Index i = 0; i < n; ++i) store<S>(to, i, step, y[i]);
}

// The number type of a row: double for the narrow dtypes, which then round once, Pair for float64.
template <class S> using Working = std::conditional_t<sizeof(S) == 8, Pair, double>;
template <class T> constexpr bool is_pair = sizeof(T) == sizeof(Pair);

// Blocks of numbers in the number type; for double the low words are not touched.
struct Words {
    alignas(64) double hi[KEPT], lo[KEPT];
    template <class T> INLINE_MEMBER T get(Index i) const {
        if constexpr (is_pair<T>) return {hi[i], lo[i]};
        else return hi[i];
    }
    INLINE_MEMBER void set(Index i, double v) { hi[i] = v; }
    INLINE_MEMBER void set(Index i, Pair v) { hi[i] = v.hi, lo[i] = v.lo; }
};
INLINE double as(Pair x, double) { return x.hi; }
INLINE Pair as(Pair x, Pair) { return x; }

// ── sums ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

// Terms lie in [-4, 4]. Each is cut at fixed places, 2^-20, 2^-60 and 2^-94, and the pieces are added apart: integers in
// disguise, whose sums are exact, in whatever order. For double the two first pieces are all there is.
template <class T>
class ExactSum {
    static constexpr int LANES = 8;
    static constexpr double FIRST = 0x1.8p32, SECOND = 0x1.8p-8, THIRD = 0x1.8p-42;
    alignas(64) double first[LANES] = {}, second[LANES] = {}, third[LANES] = {};

  public:
    // n is a multiple of 8.
    void add(const Words& terms, Index n, double scale = 1) {
        for (Index start = 0; start < n; start += BLOCK) {
            const Index end = n - start < BLOCK ? n : start + BLOCK;
            for (Index i = start; i < end; i += LANES)
                for (int l = 0; l < LANES; ++l) {
                    double v = terms.hi[i + l] * scale, a = (v + FIRST) - FIRST, rest = v - a, b = (rest + SECOND) - SECOND;
                    first[l] += a, second[l] += b;
                    if constexpr (is_pair<T>) third[l] += (fma(terms.lo[i + l], scale, rest - b) + THIRD) - THIRD;
                }
            for (int l = 0; l < LANES && n > BLOCK; ++l) {  // carry, so that long sums stay exact
                double c = (third[l] + SECOND) - SECOND, d;
                third[l] -= c, second[l] += c;
                d = (second[l] + FIRST) - FIRST;
                second[l] -= d, first[l] += d;
            }
        }
    }
    void add(double whole) { first[0] += whole; }
    Pair total() const {
        auto all = [](const double (&v)[LANES]) { return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])); };
        double a = all(first), b = all(second), c = is_pair<T> ? all(third) : 0;
        double d = (c + SECOND) - SECOND, e = ((b + d) + FIRST) - FIRST;  // what goes where must not hang on the lanes
        Pair s = two_sum(a + e, (b + d) - e);
        return fast_two_sum(s.hi, s.lo + (c - d));
    }
};

// An exact number: fixed point from 2^-2240 to 2^1216, in limbs of 32 bits held in 64, so that carries can wait. It holds sums of
// doubles and of products of two.
class Fixed {
    static constexpr int LEAST = -2240, COUNT = 108;
    int64_t limbs[COUNT] = {};
    int waiting = 0;

    void put(unsigned __int128 magnitude, int exponent, bool negative) {  // magnitude < 2^96
        int place = exponent - LEAST;
        if (place < 0) magnitude = place > -128 ? magnitude >> -place : 0, place = 0;
        magnitude <<= place & 31;
        for (int i = place >> 5; magnitude; ++i, magnitude >>= 32) limbs[i] += negative ? -int64_t(uint32_t(magnitude)) : int64_t(uint32_t(magnitude));
        if (++waiting == 1 << 28) carry();
    }
    void carry() {
        for (int i = 0; i + 1 < COUNT; ++i) {
            int64_t c = limbs[i] >> 32;
            limbs[i] -= c * (int64_t(1) << 32), limbs[i + 1] += c;
        }
        waiting = 0;
    }
    struct Integer {  // x = ± mantissa 2^exponent
        uint64_t mantissa;
        int exponent;
        bool negative;
        explicit Integer(double x) : mantissa(bits(x) & 0xfffffffffffff), exponent(int(bits(x) >> 52 & 0x7ff)), negative(bits(x) >> 63) {
            mantissa |= exponent ? uint64_t(1) << 52 : 0;
            exponent = (exponent ? exponent : 1) - 1075;
        }
    };

  public:
    void add(double x, int shift = 0) {
        Integer a(x);
        put(a.mantissa, a.exponent + shift, a.negative);
    }
    void add(Wide x) { add(x.hi, x.e), add(x.lo, x.e); }
    void add_product(double x, double y) {
        Integer a(x), b(y);
        put(static_cast<unsigned __int128>(a.mantissa & 0xffffffff) * b.mantissa, a.exponent + b.exponent, a.negative != b.negative);
        put(static_cast<unsigned __int128>(a.mantissa >> 32) * b.mantissa, a.exponent + b.exponent + 32, a.negative != b.negative);
    }
    void add_product(Fixed x, double y) {
        Integer b(y);
        x.carry();
        for (int i = 0; i < COUNT; ++i)
            if (x.limbs[i]) {
                const bool negative = x.limbs[i] < 0;  // the last limb only
                put(static_cast<unsigned __int128>(negative ? -x.limbs[i] : x.limbs[i]) * b.mantissa, b.exponent + LEAST + 32 * i, b.negative != negative);
            }
    }
    Wide total() {
        carry();
        const bool negative = limbs[COUNT - 1] < 0;
        if (negative) {
            for (int64_t& limb : limbs) limb = -limb;
            carry();
        }
        int top = COUNT - 1;
        while (top > 0 && !limbs[top]) --top;
        Wide sum = 0;
        for (int i = top; i >= 0 && i > top - 5; --i) sum = sum + Wide(double(limbs[i]), 0, LEAST + 32 * i);
        if (negative) {
            for (int64_t& limb : limbs) limb = -limb;
            carry();
        }
        return negative ? -sum : sum;
    }
};

// ── gradients ───────────────────────────────────────────────────────────────────────────────────────────────────────────

template <class S>
struct Gradient {
    char *g, *to;
    Index g_step, to_step;
    INLINE_MEMBER double operator[](Index i) const { return decoded(element<S>(g, i, g_step)); }
    // Rows without a derivative: nan where an entry takes part.
    void refuse(const Row<S>& row, bool all) const {
        for (Index i = 0; i < row.n; ++i) store<S>(to, i, to_step, row.takes(i) || all ? NOT_A_NUMBER : 0.0);
    }
};
// The scale that takes numbers up to `largest` to below 2.
INLINE double scale_for(double largest) {
    int64_t e = int64_t(bits(largest) >> 52) - 1023;
    return power_of_two(e < -1000 ? 1000 : e > 1000 ? -1000 : -e);
}
// a - b where both are tight.
INLINE double difference(double a, double b) { return a - b; }
INLINE Pair difference(Pair a, Pair b) {
    Pair s = two_sum(a.hi, -b.hi);
    return {s.hi, s.lo + (a.lo - b.lo)};
}
INLINE double exact_difference(double a, double b, double) { return a - b; }
INLINE Pair exact_difference(double a, double b, Pair) { return two_sum(a, -b); }

struct Buffers {
    Words weights, terms;
    alignas(64) double g[KEPT], r[KEPT];
};

// The largest of the sizes of n numbers, a multiple of 8; infinite if one is not finite.
static double largest_of(const double* x, Index n, double origin = 0) {
    alignas(64) double most[8] = {}, odd[8] = {};
    for (Index i = 0; i < n; i += 8)
        for (int l = 0; l < 8; ++l) {
            const double size = abs(x[i + l] - origin);
            most[l] = pick(size > most[l], size, most[l]), odd[l] += size - size;  // nan, where it is not finite
        }
    auto larger = [&](int i, int j) { return pick(most[i] > most[j], most[i], most[j]); };
    const double a = larger(0, 4), b = larger(1, 5), c = larger(2, 6), d = larger(3, 7), e = pick(a > b, a, b), f = pick(c > d, c, d);
    const double any = ((odd[0] + odd[4]) + (odd[2] + odd[6])) + ((odd[1] + odd[5]) + (odd[3] + odd[7]));
    return any == 0 ? pick(e > f, e, f) : INF;
}

// w_i (g_i - sum g_j w_j / sum w_j) factor: the gradient of softmax and its kin, whose weights W knows. g is measured from that of
// a lone largest entry, which may have almost all the weight: its own g would cancel. W gives
//   block(x, n, words)  the weights of a block of entries, 0 for -inf
//   wide(i)             one of them in Wide
//   factor, shares      what multiplies the result, tight; and whether it is divided by sum w_j
//   vanishing()         whether a weight may be too small for a double
template <class T, class S, class W>
static void project(Row<S>& row, const Survey& s, const W& weights, const Gradient<S>& gradient, Buffers& b) {
    const Index n = row.n, winner = s.alone() ? row.find(s.top) : -1;
    const double origin = winner < 0 ? 0 : gradient[winner];
    auto load = [&](Index start, Index m) {
        const double* x = row.block(start);
        const Index whole = padded(m);
        gather<S>(b.g, gradient.g + start * gradient.g_step, gradient.g_step, m);
        for (Index i = m; i < whole; ++i) b.g[i] = origin;
        weights.block(x, whole, b.weights);
#pragma GCC ivdep
        for (Index i = 0; i < whole; ++i) {
            b.g[i] = pick(x[i] > -INF, b.g[i], origin);
            b.terms.set(i, exact_difference(b.g[i], origin, T()) * b.weights.template get<T>(i));
        }
    };
    double largest = 0, widest = 0;
    ExactSum<T> weight_sum, sum;
    for (Index start = 0; start < n; start += KEPT) {
        const Index m = padded(row.size(start));
        load(start, row.size(start));
        weight_sum.add(b.weights, m);
        const double wide = largest_of(b.g, m, origin), large = largest_of(b.terms.hi, m);
        widest = pick(wide > widest, wide, widest), largest = pick(large > largest, large, largest);
    }
    const Pair total = weight_sum.total(), factor_pair = W::shares ? tight(weights.factor / total) : weights.factor;
    bool hard = widest == INF;
    if constexpr (is_pair<T>) hard |= (largest > 0 && !(largest > 0x1p-900 && largest < 0x1p1000)) || widest > 0x1p1000 || (weights.vanishing() && widest * 0x1p-858 > largest);
    auto in_wide = [&](double g, Wide mean, Index i) { return rounded(((Wide(g) - Wide(origin)) - mean) * weights.wide(i) * Wide(factor_pair.hi, factor_pair.lo), Format<S>::precision, Format<S>::least); };
    if (hard) {
        for (Index i = 0; i < n; ++i)
            if (row.takes(i) && row[i] > -INF && !(abs(gradient[i]) < INF)) return gradient.refuse(row, false);
        Fixed exact;
        for (Index i = 0; i < n; ++i)
            if (row.takes(i) && row[i] > -INF) exact.add((Wide(gradient[i]) - Wide(origin)) * weights.wide(i));
        const Wide mean = exact.total() / Wide(total.hi, total.lo);
        for (Index i = 0; i < n; ++i) store<S>(gradient.to, i, gradient.to_step, row.takes(i) && row[i] > -INF ? in_wide(gradient[i], mean, i) : 0.0);
        return;
    }
    const double scale = scale_for(largest);
    for (Index start = 0; start < n; start += KEPT) {
        if (n > KEPT) load(start, row.size(start));
        sum.add(b.terms, padded(row.size(start)), scale);
    }
    const Pair mean_pair = scaled(tight(sum.total() / total), 1 / scale);
    const T mean = as(mean_pair, T()), factor = as(factor_pair, T());
    for (Index start = 0; start < n; start += KEPT) {
        const Index m = row.size(start);
        if (n > KEPT) load(start, m);
        uint64_t doubt = 0;
#pragma GCC ivdep
        for (Index i = 0; i < m; ++i) {
            const T w = b.weights.template get<T>(i), share = w * factor;
            double y = rounded(difference(exact_difference(b.g[i], origin, T()), mean) * share);
            if constexpr (is_pair<T>) {
                y = pick((lead(w) < SMALL) | (abs(lead(share)) < SMALL), SMALL / 2, y);
                y = pick(lead(w) == 0, 0.0, y);
                doubt |= doubt_of(y) >> 63;
            }
            b.r[i] = y;
        }
        if (__builtin_expect(doubt, 0))
            for (Index i = 0; i < m; ++i)
                if (doubtful(b.r[i])) b.r[i] = in_wide(b.g[i], Wide(mean_pair.hi, mean_pair.lo), start + i);
        store_block<S>(b.r, gradient.to + start * gradient.to_step, gradient.to_step, m);
    }
}

// The weights of a row with k entries of +inf: theirs are 1.
template <class S>
struct Shares {
    const Row<S>& row;
    Pair factor;
    static constexpr bool shares = false;
    bool vanishing() const { return false; }
    void block(const double* x, Index n, Words& w) const {
        for (Index i = 0; i < n; ++i) w.hi[i] = pick(x[i] == INF, 1.0, 0.0), w.lo[i] = 0;
    }
    Wide wide(Index i) const { return row.takes(i) && row[i] == INF ? 1.0 : 0.0; }
};
