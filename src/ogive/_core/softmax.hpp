// Vector functions: softmax and its family, as gufuncs over the last axis.
//
// Every element is accurate, not only the large ones: x - max is kept as a Pair, the sum of the powers is exact (so it does
// not depend on the order of the entries), and the winner's entry of log_softmax is -log1p(the sum of the others), those
// others measured from the second largest entry, so that their sum never underflows.
#pragma once

// ── a row ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

template <class S>
struct Row {
    const char *x, *mask;
    Index x_step, mask_step, n;
    double temperature = 1;

    INLINE_MEMBER bool takes(Index i) const { return element<bool>(const_cast<char*>(mask), i, mask_step); }
    INLINE_MEMBER double operator[](Index i) const { return decoded(element<S>(const_cast<char*>(x), i, x_step)); }
    // Entries that do not take part are -inf.
    void gather_block(double* to, Index start, Index m) const {
        gather<S>(to, x + start * x_step, x_step, m);
        for (Index i = 0; i < m; ++i) to[i] = pick(takes(start + i), to[i], -INF);
    }
};

struct Survey {
    double top = -INF, second = -INF;  // the largest entry, and the largest of the others
    Index winner = -1, infinite = 0, taking = 0;
    uint64_t nan = 0;
};

template <class S>
static Survey survey(const Row<S>& row) {
    constexpr int LANES = 16;
    alignas(64) double x[BLOCK], first[LANES], second[LANES];
    for (int l = 0; l < LANES; ++l) first[l] = second[l] = -INF;
    Survey s;
    for (Index start = 0; start < row.n; start += BLOCK) {
        Index m = row.n - start < BLOCK ? row.n - start : BLOCK;
        row.gather_block(x, start, m);
        for (Index i = m; i < (m + LANES - 1) / LANES * LANES; ++i) x[i] = -INF;
        for (Index i = 0; i < m; i += LANES)
            for (int l = 0; l < LANES; ++l) {
                double v = x[i + l], low = pick(v < first[l], v, first[l]);
                s.nan |= v != v ? 1 : 0;
                second[l] = pick(low > second[l], low, second[l]);
                first[l] = pick(v > first[l], v, first[l]);
            }
    }
    for (int l = 0; l < LANES; ++l) {
        double low = pick(first[l] < s.top, first[l], s.top);
        s.second = pick(low > s.second, low, s.second);
        s.second = pick(second[l] > s.second, second[l], s.second);
        s.top = pick(first[l] > s.top, first[l], s.top);
    }
    if (s.nan) return s;
    if (s.top == -INF || s.top == INF)
        for (Index i = 0; i < row.n; ++i) s.taking += row.takes(i), s.infinite += row.takes(i) && row[i] == INF;
    for (Index i = 0; i < row.n && s.winner < 0; ++i)
        if (row.takes(i) && row[i] == s.top) s.winner = i;
    return s;
}

// (x - from) / temperature for x <= from.
INLINE double distance(double x, double from, double temperature, double) { return pick(x == from, 0.0, (x - from) / temperature); }
INLINE Pair distance(double x, double from, double temperature, Pair) {
    Pair d = two_sum(x, -from), q = d / temperature;
    bool far = !(d.hi > -0x1p1000) || !(q.hi > -0x1p1000);
    return pick(temperature == 1 && !far, d, pick(x == from, Pair(0), pick(far, Pair(-INF), q)));
}
INLINE Wide distance(double x, double from, double temperature, Wide) { return (Wide(x) - Wide(from)) / Wide(temperature); }

// ── an exact sum of powers ──────────────────────────────────────────────────────────────────────────────────────────────

// Terms lie in [0, 1]. Each is cut at fixed places, 2^-20, 2^-52 and 2^-84, and the pieces are added apart: integers in
// disguise, whose sum is exact, in whatever order. What is cut off is below 2^-85 of the largest term.
class ExactSum {
    static constexpr int LANES = 8;
    static constexpr double FIRST = 0x1.8p32, SECOND = 0x1.8p0, THIRD = 0x1.8p-32;
    alignas(64) double first[LANES] = {}, second[LANES] = {}, third[LANES] = {};

  public:
    // n is a multiple of 8.
    void add(const double* hi, const double* lo, Index n) {
        for (Index i = 0; i < n; i += LANES)
            for (int l = 0; l < LANES; ++l) {
                double a = (hi[i + l] + FIRST) - FIRST, rest = hi[i + l] - a;
                double b = (rest + SECOND) - SECOND, last = (rest - b) + lo[i + l];
                first[l] += a, second[l] += b, third[l] += (last + THIRD) - THIRD;
            }
        for (int l = 0; l < LANES; ++l) {  // carry, so that a long row stays exact
            double c = (third[l] + SECOND) - SECOND, d;
            third[l] -= c, second[l] += c;
            d = (second[l] + FIRST) - FIRST;
            second[l] -= d, first[l] += d;
        }
    }
    Pair total() const {
        double a = 0, b = 0, c = 0;
        for (int l = 0; l < LANES; ++l) a += first[l], b += second[l], c += third[l];
        Pair s = two_sum(a, b);
        return fast_two_sum(s.hi, s.lo + c);
    }
};

template <class T>
struct Powers {
    alignas(64) double hi[BLOCK], lo[BLOCK];
};

// e^((x - from)/temperature) for a block of entries; padded with zeros to a multiple of 8.
template <class T, class S>
__attribute__((noinline)) static Index powers(const Row<S>& row, Index start, Index m, double from, Index except, Powers<T>& p) {
    alignas(64) double x[BLOCK];
    row.gather_block(x, start, m);
    if (except >= start && except < start + m) x[except - start] = -INF;
    const double temperature = row.temperature;
#pragma GCC ivdep
    for (Index i = 0; i < m; ++i) {
        T t = decay<T>(distance(x[i], from, temperature, T())).t();
        p.hi[i] = lead(t);
        if constexpr (sizeof(T) == sizeof(Pair)) p.lo[i] = t.lo;
    }
    if constexpr (sizeof(T) != sizeof(Pair))
        for (Index i = 0; i < m; ++i) p.lo[i] = 0;
    Index padded = (m + 7) / 8 * 8;
    for (Index i = m; i < padded; ++i) p.hi[i] = p.lo[i] = 0;
    return padded;
}

template <class T, class S>
static Pair sum_of_powers(const Row<S>& row, double from, Index except) {
    ExactSum sum;
    Powers<T> p;
    for (Index start = 0; start < row.n; start += BLOCK) {
        Index m = row.n - start < BLOCK ? row.n - start : BLOCK;
        sum.add(p.hi, p.lo, powers(row, start, m, from, except, p));
    }
    return sum.total();
}

// The others' share, R with sum = e^top (1 + R); where it is too small for a Pair, log(1 + R) = R, and Wide holds it.
struct Others {
    Pair share = 0;
    Wide far = 0;
    bool none = true, tiny = false;
    Wide wide() const { return tiny ? far : Wide(share.hi, share.lo); }
};
template <class T, class S>
static Others others(const Row<S>& row, const Survey& s) {
    Others o;
    if (s.second == -INF) return o;
    const Pair sum = sum_of_powers<T>(row, s.second, s.winner);
    o.none = false;
    o.share = decay<Pair>(distance(s.second, s.top, row.temperature, Pair())).t() * sum;
    o.tiny = o.share.hi < 0x1p-900;
    if (o.tiny) {
        auto e = exponential(distance(s.second, s.top, row.temperature, Wide()));
        o.far = (Wide(1) + e.part) * e.scale * Wide(sum.hi, sum.lo);
    }
    return o;
}
// log(1 + r) for r >= 0.
static Pair log1p(Pair r) {
    Binade b = binade(1 + r.hi, 1);
    Pair part = scaled(r, b.inverse);
    return log_series(b.k, ((b.inverse - 1) + part) / ((b.inverse + 1) + part));
}

template <class S> INLINE void store(char* to, Index i, Index step, double y) { element<S>(to, i, step) = encoded<S>(y); }
template <class S> static void store_wide(char* to, Index i, Index step, Wide y) { store<S>(to, i, step, rounded(y, Format<S>::precision, Format<S>::least)); }
// The result of a Pair, or where its low word was lost, of the same expression in Wide.
template <class S, class Again> INLINE void store_pair(char* to, Index i, Index step, Pair y, Again again) {
    double r = rounded(y);
    if (sizeof(S) == 8 && __builtin_expect(doubtful(r), 0)) store_wide<S>(to, i, step, again());
    else store<S>(to, i, step, r);
}

template <class S> using Working = std::conditional_t<sizeof(S) == 8, Pair, double>;

// What a row without a finite maximum gives: `mass` spread over the entries that take part, or over all if none does.
template <class S>
static double degenerate(const Row<S>& row, const Survey& s, double mass, Index i) {
    if (s.nan) return NOT_A_NUMBER;
    if (s.top == INF) return row.takes(i) && row[i] == INF ? 1.0 / double(s.infinite) : 0.0;
    if (s.taking == 0) return mass / double(row.n);
    return row.takes(i) || mass != mass ? mass / double(s.taking) : 0.0;
}
INLINE bool finite(const Survey& s) { return !s.nan && abs(s.top) < INF; }
static double log_of(double y) { return y == 0 ? -INF : y == 1 ? -0.0 : -rounded(log1p(Pair(1 / y - 1))); }  // y = 1/k, 0 or nan

// ── the loops ───────────────────────────────────────────────────────────────────────────────────────────────────────────

// Entries of a short row keep their powers between the two passes.
constexpr Index KEPT = 4 * BLOCK;

template <class S>
static void softmax_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    using T = Working<S>;
    const Index n = dimensions[1], y_step = steps[7];
    Powers<T> kept[KEPT / BLOCK];
    for (Index j = 0; j < dimensions[0]; ++j) {
        Row<S> row{args[0] + j * steps[0], args[1] + j * steps[1], steps[5], steps[6], n, decoded(element<S>(args[2], j, steps[2]))};
        const double mass = decoded(element<S>(args[3], j, steps[3]));
        char* y = args[4] + j * steps[4];
        Survey s = survey(row);
        if (!allowed(POSITIVE, row.temperature)) s.nan = true, environment.raise(row.temperature == row.temperature, false);
        if (!finite(s)) {
            for (Index i = 0; i < n; ++i) store<S>(y, i, y_step, degenerate(row, s, mass, i));
            continue;
        }
        ExactSum exact;
        for (Index start = 0; start < n; start += BLOCK) {
            Powers<T>& p = kept[n <= KEPT ? start / BLOCK : 0];
            exact.add(p.hi, p.lo, powers(row, start, n - start < BLOCK ? n - start : BLOCK, s.top, Index(-1), p));
        }
        const Pair sum = exact.total();
        for (Index start = 0; start < n; start += BLOCK) {
            const Index m = n - start < BLOCK ? n - start : BLOCK;
            Powers<T>& p = kept[n <= KEPT ? start / BLOCK : 0];
            if (n > KEPT) powers(row, start, m, s.top, Index(-1), p);
            alignas(64) double r[BLOCK];
            uint64_t doubt = 0;
            const double inverse = 1 / sum.hi;
            for (Index i = 0; i < m; ++i) {
                double q = p.hi[i] * inverse;
                r[i] = q;
                if constexpr (sizeof(S) == 8) {
                    double remainder = fma(-q, sum.lo, fma(-q, sum.hi, p.hi[i]) + p.lo[i]);
                    r[i] = fma(remainder, inverse, q);
                    doubt |= size_of(r[i]) < int64_t(bits(SMALL) - 1) ? 1 : 0;
                }
            }
            for (Index i = 0; i < m; ++i) store<S>(y, start + i, y_step, r[i]);
            if (__builtin_expect(doubt, 0))
                for (Index i = 0; i < m; ++i)
                    if (doubtful(r[i])) {
                        auto e = exponential(distance(row[start + i], s.top, row.temperature, Wide()));
                        store_wide<S>(y, start + i, y_step, (Wide(1) + e.part) * e.scale / Wide(sum.hi, sum.lo));
                    }
        }
    }
}

template <class S>
static void log_softmax_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    const Index n = dimensions[1], y_step = steps[7];
    for (Index j = 0; j < dimensions[0]; ++j) {
        Row<S> row{args[0] + j * steps[0], args[1] + j * steps[1], steps[5], steps[6], n, decoded(element<S>(args[2], j, steps[2]))};
        const double mass = decoded(element<S>(args[3], j, steps[3]));
        char* y = args[4] + j * steps[4];
        Survey s = survey(row);
        if (!allowed(POSITIVE, row.temperature)) s.nan = true, environment.raise(row.temperature == row.temperature, false);
        if (!finite(s)) {
            for (Index i = 0; i < n; ++i) store<S>(y, i, y_step, log_of(degenerate(row, s, mass, i)));
            continue;
        }
        const Others rest = others<Working<S>>(row, s);
        const Pair log_sum = log1p(rest.share);
        for (Index start = 0; start < n; start += BLOCK) {
            const Index m = n - start < BLOCK ? n - start : BLOCK;
            alignas(64) double x[BLOCK], r[BLOCK];
            row.gather_block(x, start, m);
            for (Index i = 0; i < m; ++i) {
                Pair d = distance(x[i], s.top, row.temperature, Pair());
                r[i] = pick(d.hi == -INF, -INF, rounded(d - log_sum));
            }
            for (Index i = 0; i < m; ++i) store<S>(y, start + i, y_step, r[i]);
        }
        // Entries equal to the maximum, the winner among them: minus the logarithm of the sum, however small.
        if (rest.none) store<S>(y, s.winner, y_step, -0.0);
        else if (rest.tiny) store_wide<S>(y, s.winner, y_step, -rest.wide());
    }
}

template <class S>
static void logsumexp_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    for (Index j = 0; j < dimensions[0]; ++j) {
        Row<S> row{args[0] + j * steps[0], args[1] + j * steps[1], steps[3], steps[4], dimensions[1]};
        Survey s = survey(row);
        double y = s.nan ? NOT_A_NUMBER : s.top;
        if (finite(s)) {
            const Others rest = others<Working<S>>(row, s);
            if (rest.tiny) store_wide<S>(args[2], j, steps[2], Wide(s.top) + rest.wide());
            else store<S>(args[2], j, steps[2], rounded(s.top + log1p(rest.share)));
        } else store<S>(args[2], j, steps[2], y);
    }
}

// ── gradients ───────────────────────────────────────────────────────────────────────────────────────────────────────────

// The probabilities of a row, one at a time: unrounded, and the winner's complement to 1 without cancellation.
template <class S>
struct Probabilities {
    const Row<S>& row;
    Survey s;
    Wide rest = 0, sum = 1;
    Pair sum_pair = 1;

    explicit Probabilities(const Row<S>& r) : row(r), s(survey(r)) {
        if (!allowed(POSITIVE, row.temperature)) s.nan = true;
        if (finite(s)) {
            rest = others<Pair>(row, s).wide(), sum = Wide(1) + rest;
            sum_pair = Pair(sum.hi * power_of_two(sum.e), sum.lo * power_of_two(sum.e));
        }
    }
    bool usable() const { return !s.nan && s.top != -INF; }
    Pair pair(Index i) const {
        if (!row.takes(i)) return 0;
        if (!finite(s)) return degenerate(row, s, NOT_A_NUMBER, i);
        return decay<Pair>(distance(row[i], s.top, row.temperature, Pair())).t() / sum_pair;
    }
    Wide wide(Index i) const {
        if (!row.takes(i) || row[i] == -INF) return 0;
        if (!finite(s)) return degenerate(row, s, NOT_A_NUMBER, i);
        auto e = exponential(distance(row[i], s.top, row.temperature, Wide()));
        return (Wide(1) + e.part) * e.scale / sum;
    }
    // Rows without probabilities: nan where the entry takes part.
    void refuse(char* to, Index step) const {
        for (Index i = 0; i < row.n; ++i) store<S>(to, i, step, row.takes(i) || s.nan ? NOT_A_NUMBER : 0.0);
    }
};

// y_i (g_i - sum g_j y_j) / temperature, with g measured from the winner's, so that a confident row keeps its digits.
template <class S>
static void softmax_backward_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    const Index n = dimensions[1], g_step = steps[5], to_step = steps[8];
    for (Index j = 0; j < dimensions[0]; ++j) {
        Row<S> row{args[1] + j * steps[1], args[2] + j * steps[2], steps[6], steps[7], n, decoded(element<S>(args[3], j, steps[3]))};
        char *g = args[0] + j * steps[0], *to = args[4] + j * steps[4];
        const Probabilities<S> y(row);
        if (!y.usable()) {
            y.refuse(to, to_step);
            continue;
        }
        const double origin = decoded(element<S>(g, y.s.winner, g_step));
        Pair mean = 0;
        Wide rest = 0;  // of the probabilities that a Pair cannot hold
        for (Index i = 0; i < n; ++i) {
            if (!row.takes(i)) continue;
            const Pair difference = two_sum(decoded(element<S>(g, i, g_step)), -origin), p = y.pair(i);
            if (doubtful(p.hi)) rest = rest + Wide(difference.hi, difference.lo) * y.wide(i);
            else mean = mean + difference * p;
        }
        for (Index i = 0; i < n; ++i) {
            if (!row.takes(i)) {
                store<S>(to, i, to_step, 0.0);
                continue;
            }
            const Pair difference = two_sum(decoded(element<S>(g, i, g_step)), -origin), p = y.pair(i);
            auto again = [&] { return ((Wide(difference.hi, difference.lo) - Wide(mean.hi, mean.lo)) - rest) * y.wide(i) / Wide(row.temperature); };
            const Pair result = (difference - mean) * p / row.temperature;
            if (i == y.s.winner && abs(origin) < INF && rest.hi != 0) store_wide<S>(to, i, to_step, again());
            else store_pair<S>(to, i, to_step, pick(doubtful(p.hi), p, result), again);
        }
    }
}

// (g_i - y_i sum g_j) / temperature; for the winner (g R - sum of the other g)/(1 + R), where 1 - y would cancel.
template <class S>
static void log_softmax_backward_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    const Index n = dimensions[1], g_step = steps[5], to_step = steps[8];
    for (Index j = 0; j < dimensions[0]; ++j) {
        Row<S> row{args[1] + j * steps[1], args[2] + j * steps[2], steps[6], steps[7], n, decoded(element<S>(args[3], j, steps[3]))};
        char *g = args[0] + j * steps[0], *to = args[4] + j * steps[4];
        const Probabilities<S> y(row);
        if (!y.usable()) {
            y.refuse(to, to_step);
            continue;
        }
        Pair elsewhere = 0;
        for (Index i = 0; i < n; ++i)
            if (row.takes(i) && i != y.s.winner) elsewhere = elsewhere + decoded(element<S>(g, i, g_step));
        const double won = decoded(element<S>(g, y.s.winner, g_step));
        const Pair total = elsewhere + won;
        for (Index i = 0; i < n; ++i) {
            if (!row.takes(i)) {
                store<S>(to, i, to_step, 0.0);
                continue;
            }
            const double mine = decoded(element<S>(g, i, g_step));
            auto again = [&] {
                Wide all = Wide(total.hi, total.lo), part = i == y.s.winner && finite(y.s) ? (Wide(mine) * y.rest - Wide(elsewhere.hi, elsewhere.lo)) / y.sum : Wide(mine) - y.wide(i) * all;
                return part / Wide(row.temperature);
            };
            Pair result = (mine - y.pair(i) * total) / row.temperature;
            if (i == y.s.winner) store_wide<S>(to, i, to_step, again());
            else store_pair<S>(to, i, to_step, result, again);
        }
    }
}

// g y_i.
template <class S>
static void logsumexp_backward_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    Environment environment;
    const Index n = dimensions[1], to_step = steps[6];
    for (Index j = 0; j < dimensions[0]; ++j) {
        Row<S> row{args[1] + j * steps[1], args[2] + j * steps[2], steps[4], steps[5], n};
        const double g = decoded(element<S>(args[0], j, steps[0]));
        char* to = args[3] + j * steps[3];
        const Probabilities<S> y(row);
        if (!y.usable()) {
            y.refuse(to, to_step);
            continue;
        }
        for (Index i = 0; i < n; ++i) {
            Pair p = y.pair(i);
            store_pair<S>(to, i, to_step, doubtful(p.hi) ? p : abs(g) < INF ? g * p : Pair(g * p.hi), [&] { return Wide(g) * y.wide(i); });
        }
    }
}

#define GUFUNC(name, signature, inputs, types) Kernel{#name, signature, inputs, 1, types, {name##_loop<Half>, name##_loop<float>, name##_loop<double>, name##_loop<BFloat16>}},
#define SOFTMAXES                                                   \
    GUFUNC(softmax, "(n),(n),(),()->(n)", 4, "f?fff")               \
    GUFUNC(softmax_backward, "(n),(n),(n),()->(n)", 4, "ff?ff")     \
    GUFUNC(log_softmax, "(n),(n),(),()->(n)", 4, "f?fff")           \
    GUFUNC(log_softmax_backward, "(n),(n),(n),()->(n)", 4, "ff?ff") \
    GUFUNC(logsumexp, "(n),(n)->()", 2, "f?f")                      \
    GUFUNC(logsumexp_backward, "(),(n),(n)->(n)", 3, "ff?f")
