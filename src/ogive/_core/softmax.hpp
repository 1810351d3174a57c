// Vector functions: softmax and its family, as gufuncs over the last axis.
//
// Every element is accurate, not only the large ones: x - max is kept as a Pair, the sum of the powers is exact (so it does
// not depend on the order of the entries), and the winner's entry of log_softmax is -log1p(the sum of the others), those
// others measured from the second largest entry, so that their sum never underflows.
#pragma once

#include "sparsemax.hpp"

// ── powers ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

INLINE bool positive(double temperature) { return (temperature > 0) & (temperature < INF); }

// (x - from) / temperature for x <= from; the temperature is `One` where it is 1. For -inf the low word is nan, which the
// exponential does not read.
INLINE double distance(double x, double from, One, double) { return x - from; }
INLINE double distance(double x, double from, double temperature, double) { return pick(x == from, 0.0, (x - from) / temperature); }
INLINE Pair distance(double x, double from, One, Pair) { return two_sum(x, -from); }
INLINE Pair distance(double x, double from, double temperature, Pair) { return pick(x == from, Pair(0), two_sum(x, -from) / temperature); }
static Wide distance(double x, double from, double temperature, Wide) { return (Wide(x) - Wide(from)) / Wide(temperature); }
static Wide power(double x, double from, double temperature) {
    auto e = exponential(distance(x, from, temperature, Wide()));
    return (Wide(1) + e.part) * e.scale;
}

// e^((x - from)/temperature) for a block of entries, 0 for those equal to `except`.
template <class T, class P>
__attribute__((noinline)) static void powers(const double* x, Index n, double from, P temperature, double except, Words& p) {
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) p.set(i, Decay<T>{exponential(distance(pick(x[i] == except, -INF, x[i]), from, temperature, T()))}.t());
}
template <class T>
static void powers(const double* x, Index n, double from, double temperature, double except, Words& p) {
    if (temperature == 1) powers<T>(x, n, from, One(), except, p);
    else powers<T, double>(x, n, from, temperature, except, p);
}

// The others' share, R with sum = e^top (1 + R); where it is too small for a Pair, log(1 + R) = R, and Wide holds it. The
// powers are those measured from the second largest entry, without that of a lone largest one.
struct Others {
    Pair share = 0, step = 0;  // step: e^(second - top)
    Wide far = 0;
    bool none = true, tiny = false;
    Wide wide() const { return tiny ? far : Wide(share.hi, share.lo); }
};
template <class T, class S>
static Others others(Row<S>& row, const Survey& s, double temperature, Words& p) {
    Others o;
    if (s.second == -INF) {
        for (Index i = 0; i < padded(row.n < KEPT ? row.n : KEPT); ++i) p.set(i, T(0));
        return o;
    }
    ExactSum<T> exact;
    for (Index start = 0; start < row.n; start += KEPT) {
        const Index m = padded(row.size(start));
        powers<T>(row.block(start), m, s.second, temperature, s.alone() ? s.top : NOT_A_NUMBER, p);
        exact.add(p, m);
    }
    if (!s.alone()) exact.add(-1);
    const Pair sum = exact.total();
    o.none = false;
    o.step = decay<Pair>(distance(s.second, s.top, temperature, Pair())).t();
    o.share = o.step * sum;
    o.tiny = o.share.hi < 0x1p-900;
    if (o.tiny) o.far = power(s.second, s.top, temperature) * Wide(sum.hi, sum.lo);
    return o;
}
// log(1 + r) for r >= 0.
static Pair log1p(Pair r) {
    Binade b = binade(1 + r.hi, 1);
    Pair part = scaled(r, b.inverse);
    return log_series(b.k, ((b.inverse - 1) + part) / ((b.inverse + 1) + part));
}
static double log_of(double y) { return y == 0 ? -INF : y == 1 ? -0.0 : -rounded(log1p(Pair(1 / y - 1))); }  // y = 1/k, 0 or nan

// ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

template <class S>
static void softmax_rows(char** args, Index const* dimensions, Index const* steps, bool negate) {
    Environment environment;
    using T = Working<S>;
    const Index n = dimensions[1], y_step = steps[7];
    Row<S> row;
    Words p;
    alignas(64) double r[KEPT];
    for (Index j = 0; j < dimensions[0]; ++j) {
        row.open(args[0] + j * steps[0], steps[5], args[1] + j * steps[1], steps[6], n, negate);
        const double temperature = decoded(element<S>(args[2], j, steps[2])), mass = decoded(element<S>(args[3], j, steps[3]));
        char* y = args[4] + j * steps[4];
        Survey s = survey<false>(row);
        if (!positive(temperature)) s.nan = true, environment.raise(temperature == temperature, false);
        if (!s.finite()) {
            for (Index i = 0; i < n; ++i) store<S>(y, i, y_step, degenerate(row, s, mass, i));
            continue;
        }
        ExactSum<T> exact;
        for (Index start = 0; start < n; start += KEPT) {
            const Index m = padded(row.size(start));
            powers<T>(row.block(start), m, s.top, temperature, NOT_A_NUMBER, p);
            exact.add(p, m);
        }
        const Pair sum = exact.total();
        const double inverse = 1 / sum.hi;
        for (Index start = 0; start < n; start += KEPT) {
            const Index m = row.size(start);
            if (n > KEPT) powers<T>(row.block(start), padded(m), s.top, temperature, NOT_A_NUMBER, p);
            uint64_t doubt = 0;
#pragma GCC ivdep
            for (Index i = 0; i < m; ++i) {
                double q = p.hi[i] * inverse;
                if constexpr (is_pair<T>) {
                    q = fma(fma(-q, sum.lo, fma(-q, sum.hi, p.hi[i]) + p.lo[i]), inverse, q);
                    doubt |= doubt_of(q) >> 63;
                }
                r[i] = q;
            }
            store_block<S>(r, y + start * y_step, y_step, m);
            if (__builtin_expect(doubt, 0))
                for (Index i = 0; i < m; ++i)
                    if (doubtful(r[i])) store_wide<S>(y, start + i, y_step, power(row.block(start)[i], s.top, temperature) / Wide(sum.hi, sum.lo));
        }
    }
}
template <class S> static void softmax_loop(char** args, Index const* dimensions, Index const* steps, void*) { softmax_rows<S>(args, dimensions, steps, false); }
template <class S> static void softmin_loop(char** args, Index const* dimensions, Index const* steps, void*) { softmax_rows<S>(args, dimensions, steps, true); }

// Both terms of d - log_sum have the same sign: nothing cancels.
template <class T, class P>
__attribute__((noinline)) static void log_shares(const double* x, Index n, double top, P temperature, T log_sum, double* r) {
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        const T d = distance(x[i], top, temperature, T());
        r[i] = pick(lead(d) == -INF, -INF, rounded(difference(d, log_sum)));
    }
}

template <class S>
static void log_softmax_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    const Index n = dimensions[1], y_step = steps[7];
    Row<S> row;
    Words p;
    alignas(64) double r[KEPT];
    for (Index j = 0; j < dimensions[0]; ++j) {
        row.open(args[0] + j * steps[0], steps[5], args[1] + j * steps[1], steps[6], n);
        const double temperature = decoded(element<S>(args[2], j, steps[2])), mass = decoded(element<S>(args[3], j, steps[3]));
        char* y = args[4] + j * steps[4];
        Survey s = survey(row);
        if (!positive(temperature)) s.nan = true, environment.raise(temperature == temperature, false);
        if (!s.finite()) {
            for (Index i = 0; i < n; ++i) store<S>(y, i, y_step, log_of(degenerate(row, s, mass, i)));
            continue;
        }
        using T = Working<S>;
        const Others rest = others<T>(row, s, temperature, p);
        const T log_sum = as(tight(log1p(rest.share)), T());
        for (Index start = 0; start < n; start += KEPT) {
            const Index m = row.size(start);
            const double* x = row.block(start);
            if (temperature == 1) log_shares<T>(x, m, s.top, One(), log_sum, r);
            else log_shares<T>(x, m, s.top, temperature, log_sum, r);
            if (__builtin_expect(rest.none || rest.tiny, 0))  // the winner's: minus the logarithm of the sum, however small
                for (Index i = 0; i < m; ++i)
                    if (x[i] == s.top) r[i] = rounded(-rest.wide(), Format<S>::precision, Format<S>::least);
            store_block<S>(r, y + start * y_step, y_step, m);
        }
    }
}

template <class S>
static void hardmax_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    Row<S> row;
    for (Index j = 0; j < dimensions[0]; ++j) {
        row.open(args[0] + j * steps[0], steps[3], args[1] + j * steps[1], steps[4], dimensions[1]);
        const Survey s = survey<false>(row);
        for (Index i = 0; i < row.n; ++i) store<S>(args[2] + j * steps[2], i, steps[5], s.nan ? NOT_A_NUMBER : 0.0);
        if (!s.nan && s.top > -INF) store<S>(args[2] + j * steps[2], row.find(s.top), steps[5], 1);
    }
}

// ── weighted rows ───────────────────────────────────────────────────────────────────────────────────────────────────────

// w e^x, with the power of two of w apart: it joins that of e^x before either can overflow.
struct Term {
    double x, mantissa, exponent, log;  // log of the whole, in double: only its order counts
    explicit Term(double new_x = -INF, double w = 0) : x(new_x) {
        const bool tiny = w < 0x1p-1000;
        const uint64_t u = bits(w * (tiny ? 0x1p100 : 1));
        mantissa = from_bits((u & 0xfffffffffffff) | bits(1.0)), exponent = double(int(u >> 52) - 1023 - (tiny ? 100 : 0));
        log = w > 0 && x > -INF ? x + rounded(log_weight()) : -INF;
    }
    Pair log_weight() const {
        const double half = mantissa > 1.4 ? 0.5 : 1.0;
        return log_series(exponent + (half < 1), Pair(mantissa * half - 1) / two_sum(mantissa * half, 1));
    }
    bool before(const Term& other) const { return log != other.log ? log < other.log : x != other.x ? x < other.x : mantissa < other.mantissa; }
    Wide over(const Term& other) const {
        auto e = exponential(Wide(x) - Wide(other.x));
        return (Wide(1) + e.part) * e.scale * (Wide(mantissa) / Wide(other.mantissa)) * Wide(1, 0, int(exponent - other.exponent));
    }
};

template <class S>
struct WeightedRow {
    Row<S>& row;
    char* w;
    Index step;
    Term top, second;
    bool nan = false, infinite = false, negative = false;

    WeightedRow(Row<S>& r, char* weights, Index weights_step) : row(r), w(weights), step(weights_step) {
        for (Index i = 0; i < row.n; ++i) {
            if (!row.takes(i)) continue;
            const double v = weight(i), x = row[i];
            nan |= v != v || (x != x && v != 0), negative |= v < 0;
            infinite |= v > 0 && (x == INF || (v == INF && x > -INF));
            const Term t(x, v);
            if (top.before(t)) second = top, top = t;
            else if (second.before(t)) second = t;
        }
        nan |= negative;
    }
    double weight(Index i) const { return decoded(element<S>(w, i, step)); }
    bool takes(Index i) const { return row.takes(i) && weight(i) > 0 && row[i] > -INF; }
    // The terms of a block over that of another with its mantissa left out, 0 for one equal to `except`. No term is larger.
    void terms(Index start, const Term& from, const Term* except, Words& p) {
        const double* x = row.block(start);
        const Index m = row.size(start);
        bool skipped = !except;
        for (Index i = 0; i < m; ++i) {
            const Term t(x[i], weight(start + i));
            const bool skip = !skipped && t.x == except->x && t.mantissa == except->mantissa && t.exponent == except->exponent;
            skipped |= skip;
            Pair term = 0;
            if (t.log > -INF && !skip) {
                const Pair d = two_sum(t.x, -from.x);
                const double k = nearest_integer(pick(abs(d.hi) < 4000, d.hi, -4000.0) * LOG2_E), e = k + (t.exponent - from.exponent);
                const double inexact = fma(-k, LN2_HIGH, d.hi), r = fma(-k, LN2_MIDDLE, inexact);
                if (e > -960) {
                    Pair part = exponential_part({r, fma(-k, LN2_MIDDLE, inexact - r)});
                    part.lo += fma(d.lo, part.hi + part.lo, d.lo);  // e^low = 1 + low
                    term = scaled(tight(tight(ordered_sum(1, part)) * t.mantissa), power_of_two(int64_t(e)));
                } else if (e > -2400) term = 0x1p-1000;
            }
            p.set(i, term);
        }
        for (Index i = m; i < padded(m); ++i) p.set(i, Pair(0));
        if (except && skipped) except = nullptr;
    }
    Pair sum(const Term& from, const Term* except, Words& p) {
        ExactSum<Pair> exact;
        for (Index start = 0; start < row.n; start += KEPT) terms(start, from, except, p), exact.add(p, padded(row.size(start)));
        return exact.total();
    }
};

template <class S>
static void logsumexp_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    Row<S> row;
    Words p;
    for (Index j = 0; j < dimensions[0]; ++j) {
        row.open(args[0] + j * steps[0], steps[4], args[1] + j * steps[1], steps[5], dimensions[1]);
        char *w = args[2] + j * steps[2], *to = args[3];
        if (row.n > 0 && (steps[6] != 0 || decoded(element<S>(w, 0, 0)) != 1)) {
            WeightedRow<S> terms(row, w, steps[6]);
            environment.raise(terms.negative, false);
            if (terms.nan || terms.infinite || terms.top.log == -INF) {
                store<S>(to, j, steps[3], terms.nan ? NOT_A_NUMBER : terms.infinite ? INF : -INF);
                continue;
            }
            Wide share = 0;
            if (terms.second.log > -INF) {
                const Pair sum = terms.sum(terms.second, &terms.top, p);
                share = terms.second.over(terms.top) * (Wide(sum.hi, sum.lo) / Wide(terms.second.mantissa));
            }
            const Pair log_weight = terms.top.log_weight();
            if (share.e < -900) store_wide<S>(to, j, steps[3], (Wide(terms.top.x) + Wide(log_weight.hi, log_weight.lo)) + share);
            else store<S>(to, j, steps[3], rounded(terms.top.x + (log_weight + log1p(pair_of(share)))));
            continue;
        }
        const Survey s = survey(row);
        if (s.finite()) {
            const Others rest = others<Working<S>>(row, s, 1, p);
            if (rest.tiny) store_wide<S>(to, j, steps[3], Wide(s.top) + rest.wide());
            else store<S>(to, j, steps[3], rounded(s.top + log1p(rest.share)));
        } else store<S>(to, j, steps[3], s.nan ? NOT_A_NUMBER : s.top);
    }
}

// ── gradients ───────────────────────────────────────────────────────────────────────────────────────────────────────────

template <class T, class S>
struct SoftmaxWeights {
    const Row<S>& row;
    double top, temperature;
    Pair factor;
    static constexpr bool shares = true;
    bool vanishing() const { return true; }
    void block(const double* x, Index n, Words& p) const { powers<T>(x, n, top, temperature, NOT_A_NUMBER, p); }
    Wide wide(Index i) const { return !row.takes(i) || row[i] == -INF ? Wide(0) : power(row[i], top, temperature); }
};

template <class S>
static void softmax_backward_rows(char** args, Index const* dimensions, Index const* steps, bool negate) {
    Environment environment;
    using T = Working<S>;
    Row<S> row;
    Buffers buffers;
    for (Index j = 0; j < dimensions[0]; ++j) {
        const Gradient<S> gradient{args[0] + j * steps[0], args[4] + j * steps[4], steps[5], steps[8]};
        const double temperature = decoded(element<S>(args[3], j, steps[3]));
        row.open(args[1] + j * steps[1], steps[6], args[2] + j * steps[2], steps[7], dimensions[1], negate);
        const Survey s = survey(row);
        const double sign = negate ? -1 : 1;
        if (s.nan || s.top == -INF || !positive(temperature)) gradient.refuse(row, s.nan);
        else if (s.top == INF) project<Pair>(row, s, Shares<S>{row, tight(sign / tight(Pair(double(s.infinite)) * temperature))}, gradient, buffers);
        else project<T>(row, s, SoftmaxWeights<T, S>{row, s.top, temperature, tight(sign / Pair(temperature))}, gradient, buffers);
    }
}
template <class S> static void softmax_backward_loop(char** args, Index const* dimensions, Index const* steps, void*) { softmax_backward_rows<S>(args, dimensions, steps, false); }
template <class S> static void softmin_backward_loop(char** args, Index const* dimensions, Index const* steps, void*) { softmax_backward_rows<S>(args, dimensions, steps, true); }

// (g_i - y_i sum g_j) / temperature; for a lone winner (g R - sum of the other g)/(1 + R)/temperature, where 1 - y would cancel.
template <class S>
static void log_softmax_backward_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    using T = Working<S>;
    const Index n = dimensions[1];
    Row<S> row;
    Buffers b;
    for (Index j = 0; j < dimensions[0]; ++j) {
        const Gradient<S> gradient{args[0] + j * steps[0], args[4] + j * steps[4], steps[5], steps[8]};
        const double temperature = decoded(element<S>(args[3], j, steps[3]));
        row.open(args[1] + j * steps[1], steps[6], args[2] + j * steps[2], steps[7], n);
        const Survey s = survey(row);
        if (s.nan || s.top == -INF || !positive(temperature)) {
            gradient.refuse(row, s.nan);
            continue;
        }
        const bool infinite = s.top == INF, alone = infinite ? s.infinite == 1 : s.alone();
        const Index winner = alone ? row.find(s.top) : -1;
        Others rest;
        if (infinite) rest.share = double(s.infinite - 1), rest.step = 1;
        else rest = others<T>(row, s, temperature, b.weights);
        // The powers times `step` over the sum are the probabilities.
        const Pair one = tight(1.0 / tight(1 + rest.share)), each = tight(rest.step * one);
        auto load = [&](Index start, Index m) {
            const double* x = row.block(start);
            if (n > KEPT || infinite) {
                if (infinite)
                    for (Index i = 0; i < padded(m); ++i) b.weights.set(i, T(pick(x[i] == INF && !alone, 1.0, 0.0)));
                else if (!rest.none) powers<T>(x, padded(m), s.second, temperature, alone ? s.top : NOT_A_NUMBER, b.weights);
            }
            gather<S>(b.g, gradient.g + start * gradient.g_step, gradient.g_step, m);
            for (Index i = m; i < padded(m); ++i) b.g[i] = 0;
            for (Index i = 0; i < padded(m); ++i) b.g[i] = pick(x[i] > -INF, b.g[i], 0.0), b.terms.set(i, T(b.g[i]));
            if (winner >= start && winner < start + m) b.terms.set(winner - start, T(0));
        };
        const double won = winner < 0 ? 0 : gradient[winner];
        double largest = 0;
        for (Index start = 0; start < n; start += KEPT) {
            const Index m = row.size(start);
            load(start, m);
            const double large = largest_of(b.terms.hi, padded(m));
            largest = pick(large > largest, large, largest);
        }
        if (!(largest < INF && abs(won) < INF)) {
            gradient.refuse(row, false);
            continue;
        }
        auto usual = [](double size) { return size == 0 || (size > 0x1p-900 && size < 0x1p900); };
        auto in_wide = [&](Index i, double g, Wide elsewhere, Wide total) {
            const Wide share = rest.wide(), sum = Wide(1) + share;
            const Wide power_of = infinite ? Wide(row[i] == INF ? 1 : 0) : power(row[i], s.top, temperature);
            const Wide y = i == winner ? (Wide(g) * share - elsewhere) / sum : Wide(g) - power_of / sum * total;
            return rounded(y / Wide(temperature), Format<S>::precision, Format<S>::least);
        };
        if (is_pair<T> && !(usual(largest) && usual(abs(won)))) {
            Fixed exact;
            for (Index i = 0; i < n; ++i)
                if (i != winner && row.takes(i) && row[i] > -INF) exact.add(gradient[i]);
            const Wide elsewhere = exact.total();
            exact.add(won);
            const Wide total = exact.total();
            for (Index i = 0; i < n; ++i) store<S>(gradient.to, i, gradient.to_step, row.takes(i) && row[i] > -INF ? in_wide(i, gradient[i], elsewhere, total) : 0.0);
            continue;
        }
        const double scale = scale_for(largest);
        ExactSum<T> exact;
        for (Index start = 0; start < n; start += KEPT) {
            const Index m = row.size(start);
            if (n > KEPT) load(start, m);
            exact.add(b.terms, padded(m), scale);
        }
        const Pair elsewhere = scaled(exact.total(), 1 / scale), total = elsewhere + won;
        const T share_of_each = as(tight(each * tight(total)), T());
        for (Index start = 0; start < n; start += KEPT) {
            const Index m = row.size(start);
            if (n > KEPT) load(start, m);
            const double* x = row.block(start);
            uint64_t doubt = 0;
#pragma GCC ivdep
            for (Index i = 0; i < m; ++i) {
                const double y = pick(x[i] > -INF, rounded(difference(T(b.g[i]), b.weights.template get<T>(i) * share_of_each)), 0.0);
                doubt |= doubt_of(y) >> 63;
                b.r[i] = y;
            }
            if (temperature != 1)
                for (Index i = 0; i < m; ++i) {
                    const T y = difference(T(b.g[i]), b.weights.template get<T>(i) * share_of_each);
                    b.r[i] = pick(x[i] > -INF, rounded(y / temperature), 0.0), doubt |= doubtful(b.r[i]);
                }
            if (winner >= start && winner < start + m) b.r[winner - start] = rest.tiny ? SMALL / 2 : rounded((won * rest.share - elsewhere) * one / temperature);
            if (__builtin_expect(doubt | rest.tiny, 0))
                for (Index i = 0; i < m; ++i)
                    if (doubtful(b.r[i])) b.r[i] = in_wide(start + i, b.g[i], Wide(elsewhere.hi, elsewhere.lo), Wide(total.hi, total.lo));
            store_block<S>(b.r, gradient.to + start * gradient.to_step, gradient.to_step, m);
        }
    }
}

// g y_i.
template <class S>
static void logsumexp_backward_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    const Index n = dimensions[1];
    Row<S> row;
    Words p;
    alignas(64) double r[KEPT];
    for (Index j = 0; j < dimensions[0]; ++j) {
        const double g = decoded(element<S>(args[0], j, steps[0]));
        char* w = args[3] + j * steps[3];
        const Gradient<S> gradient{nullptr, args[4] + j * steps[4], 0, steps[8]};
        row.open(args[1] + j * steps[1], steps[5], args[2] + j * steps[2], steps[6], n);
        // Each entry takes g y, y given in the number type and in Wide.
        auto scale = [&](auto working, Pair inverse, auto&& block, auto&& wide) {
            using T = decltype(working);
            const T share = as(inverse, T());
            for (Index start = 0; start < n; start += KEPT) {
                const Index m = row.size(start);
                block(start);
                uint64_t doubt = 0;
#pragma GCC ivdep
                for (Index i = 0; i < m; ++i) {
                    const T y = p.get<T>(i) * share;
                    r[i] = rounded(y * g);
                    if constexpr (is_pair<T>) {
                        r[i] = pick(lead(p.get<T>(i)) == 0, 0.0, pick(lead(y) < SMALL, SMALL / 2, r[i]));
                        doubt |= doubt_of(r[i]) >> 63;
                    }
                }
                if (__builtin_expect(doubt, 0))
                    for (Index i = 0; i < m; ++i)
                        if (doubtful(r[i])) r[i] = rounded(Wide(g) * wide(start + i), Format<S>::precision, Format<S>::least);
                store_block<S>(r, gradient.to + start * gradient.to_step, gradient.to_step, m);
            }
        };
        auto spread = [&](auto&& share) {  // of a g or a row that is not finite
            for (Index i = 0; i < n; ++i) store<S>(gradient.to, i, gradient.to_step, share(i));
        };
        if (row.n > 0 && (steps[7] != 0 || decoded(element<S>(w, 0, 0)) != 1)) {
            WeightedRow<S> terms(row, w, steps[7]);
            environment.raise(terms.negative, false);
            if (terms.nan || terms.infinite || terms.top.log == -INF) gradient.refuse(row, terms.nan);
            else if (!(abs(g) < INF)) spread([&](Index i) { return terms.takes(i) ? g : 0.0; });
            else {
                const Pair sum = terms.sum(terms.top, nullptr, p);
                scale(Pair(), tight(1.0 / sum), [&](Index start) { terms.terms(start, terms.top, nullptr, p); }, [&](Index i) { return Term(row[i], terms.weight(i)).over(terms.top) * (Wide(terms.top.mantissa) / Wide(sum.hi, sum.lo)); });
            }
            continue;
        }
        const Survey s = survey(row);
        if (s.nan || s.top == -INF) gradient.refuse(row, s.nan);
        else if (s.top == INF) spread([&](Index i) { return row.takes(i) && row[i] == INF ? rounded(Wide(g) / Wide(double(s.infinite)), Format<S>::precision, Format<S>::least) : 0.0; });
        else if (!(abs(g) < INF)) spread([&](Index i) { return row.takes(i) && row[i] > -INF ? g : 0.0; });
        else {
            using T = Working<S>;
            ExactSum<T> sum;
            auto block = [&](Index start) { powers<T>(row.block(start), padded(row.size(start)), s.top, 1, NOT_A_NUMBER, p); };
            for (Index start = 0; start < n; start += KEPT) block(start), sum.add(p, padded(row.size(start)));
            const Pair total = sum.total();
            scale(
                T(), tight(1.0 / total),
                [&](Index start) {
                    if (n > KEPT) block(start);
                },
                [&](Index i) { return power(row[i], s.top, 1) / Wide(total.hi, total.lo); });
        }
    }
}

// hardmax is constant between its jumps.
template <class S>
static void hardmax_backward_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    Row<S> row;
    for (Index j = 0; j < dimensions[0]; ++j) {
        const Gradient<S> gradient{args[0] + j * steps[0], args[3] + j * steps[3], steps[4], steps[7]};
        row.open(args[1] + j * steps[1], steps[5], args[2] + j * steps[2], steps[6], dimensions[1]);
        bool nan = survey<false>(row).nan, broken = nan;
        for (Index i = 0; i < row.n; ++i) broken |= row.takes(i) && row[i] > -INF && !(abs(gradient[i]) < INF);
        if (broken) gradient.refuse(row, nan);
        else
            for (Index i = 0; i < row.n; ++i) store<S>(gradient.to, i, gradient.to_step, 0.0);
    }
}

#define GUFUNC(name, signature, inputs, types) Kernel{#name, signature, inputs, 1, types, {name##_loop<Half>, name##_loop<float>, name##_loop<double>, name##_loop<BFloat16>}},
#define SOFTMAXES                                                   \
    GUFUNC(softmax, "(n),(n),(),()->(n)", 4, "f?fff")               \
    GUFUNC(softmax_backward, "(n),(n),(n),()->(n)", 4, "ff?ff")     \
    GUFUNC(softmin, "(n),(n),(),()->(n)", 4, "f?fff")               \
    GUFUNC(softmin_backward, "(n),(n),(n),()->(n)", 4, "ff?ff")     \
    GUFUNC(log_softmax, "(n),(n),(),()->(n)", 4, "f?fff")           \
    GUFUNC(log_softmax_backward, "(n),(n),(n),()->(n)", 4, "ff?ff") \
    GUFUNC(logsumexp, "(n),(n),(n)->()", 3, "f?ff")                 \
    GUFUNC(logsumexp_backward, "(),(n),(n),(n)->(n)", 4, "ff?ff")   \
    GUFUNC(hardmax, "(n),(n)->(n)", 2, "f?f")                       \
    GUFUNC(hardmax_backward, "(n),(n),(n)->(n)", 3, "ff?f")         \
    GUFUNC(sparsemax, "(n),(n),()->(n)", 3, "f?ff")                 \
    GUFUNC(sparsemax_backward, "(n),(n),(n)->(n)", 3, "ff?f")       \
    GUFUNC(entmax15, "(n),(n),()->(n)", 3, "f?ff")                  \
    GUFUNC(entmax15_backward, "(n),(n),(n)->(n)", 3, "ff?f")
