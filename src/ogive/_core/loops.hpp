// The one ufunc loop: gather a block of any dtype and stride into doubles, evaluate the row over it, round, scatter.
//
// A result of a narrow dtype is rounded twice, from y (1 - ERROR) and from y (1 + ERROR): where the two differ, the element is
// computed again as a Pair, and if that does not decide, in Wide. A float64 result is computed again in Wide where it is so
// small that its low word was lost. So the vectorised loop need not be right everywhere: it must only know where it is.
//
// What is compiled for a form of a row is a Rule: it fills a block, in double and as Pairs, and one element in Wide. All else
// here is compiled once for each dtype and serves every row; a ufunc hands its Job to it.
#pragma once

#if defined(__x86_64__)
#include <xmmintrin.h>
#else
#include <fenv.h>
#endif

#include <type_traits>

#include "primitives.hpp"

using Index = intptr_t;
using Loop = void (*)(char**, Index const*, Index const*, void*);

// The relative error that a row evaluated in double stays within: primitives 2^-43, four or five of them to a row.
constexpr double ERROR = 0x1p-40;
// The same for a Pair, with room for what its primitives leave.
constexpr double PAIR_ERROR = 0x1p-50;
constexpr Index BLOCK = 256;

// ── the floating-point environment ──────────────────────────────────────────────────────────────────────────────────────

// Round to nearest and no flushing of subnormal numbers, whatever other libraries left behind; on leaving, the caller's
// settings and flags come back, with the two flags that mean something added.
class Environment {
    bool invalid = false, divide = false;
#if defined(__x86_64__)
    unsigned saved = _mm_getcsr();

  public:
    Environment() { _mm_setcsr(0x1f80); }
    ~Environment() { _mm_setcsr(saved | (invalid ? _MM_EXCEPT_INVALID : 0) | (divide ? _MM_EXCEPT_DIV_ZERO : 0)); }
#else
    fenv_t saved;

  public:
    Environment() { fegetenv(&saved), fesetenv(FE_DFL_ENV); }
    ~Environment() { fesetenv(&saved), feraiseexcept((invalid ? FE_INVALID : 0) | (divide ? FE_DIVBYZERO : 0)); }
#endif
    Environment(const Environment&) = delete;
    void raise(bool new_invalid, bool new_divide) { invalid |= new_invalid, divide |= new_divide; }
};

// ── dtypes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

struct Half {
    uint16_t u;
};
struct BFloat16 {
    uint16_t u;
};

// Round to `precision` bits, last place not below 2^least, by adding and taking off a number whose last place is there.
template <int precision, int least>
INLINE double rounded_to(double x) {
    double binade = from_bits(bits(x) & 0x7ff0000000000000);
    double smallest = from_bits(uint64_t(least + precision - 1 + 1023) << 52);
    double anchor = pick(binade > smallest, binade, smallest) * (0x1.8p0 * double(uint64_t(1) << (53 - precision)));
    double r = with_sign((x + anchor) - anchor, x);
    return pick(abs(x) < 0x1p200, r, x);
}

template <class S> struct Format;
template <> struct Format<double> {
    static constexpr int precision = 53, least = -1074;
};
template <> struct Format<float> {
    static constexpr int precision = 24, least = -149;
    INLINE_MEMBER static float nearest(double x) { return float(x); }
    INLINE_MEMBER static float encode(float x) { return x; }
};
template <> struct Format<Half> {
    static constexpr int precision = 11, least = -24;
    INLINE_MEMBER static float nearest(double x) { return float(rounded_to<precision, least>(x)); }
    INLINE_MEMBER static Half encode(float x) {
        uint32_t u = bits(x), magnitude = u & 0x7fffffff, normal = (magnitude >> 13) - (112 << 10);
        uint32_t subnormal = bits(abs(x) + 0x1p-1f) & 0x7ff;  // the last place of 1/2 is 2^-24
        uint32_t h = magnitude < 0x38800000 ? subnormal : magnitude < 0x47800000 ? normal : magnitude > 0x7f800000 ? 0x7e00 : 0x7c00;
        return {uint16_t(h | (u >> 16 & 0x8000))};
    }
};
template <> struct Format<BFloat16> {
    static constexpr int precision = 8, least = -133;
    INLINE_MEMBER static float nearest(double x) { return float(rounded_to<precision, least>(x)); }
    INLINE_MEMBER static BFloat16 encode(float x) { return {uint16_t(x != x ? 0x7fc0 : bits(x) >> 16)}; }
};

INLINE double decoded(double x) { return x; }
INLINE double decoded(float x) { return x; }
INLINE double decoded(BFloat16 x) { return from_bits(uint32_t(x.u) << 16); }
INLINE double decoded(Half x) {
    uint32_t magnitude = x.u & 0x7fff, sign = uint32_t(x.u & 0x8000) << 16;
    float subnormal = float(int32_t(magnitude)) * 0x1p-24f, normal = from_bits((magnitude << 13) + (112u << 23));
    float special = from_bits((magnitude << 13) | 0x7f800000);
    float f = magnitude < 0x400 ? subnormal : magnitude < 0x7c00 ? normal : special;
    return from_bits(bits(f) | sign);
}

template <class S> INLINE S& element(char* p, Index i, Index step) { return *reinterpret_cast<S*>(p + i * step); }

template <class S>
INLINE void gather(double* to, const char* from, Index step, Index n) {
    char* p = const_cast<char*>(from);
    if (step == Index(sizeof(S)))
        for (Index i = 0; i < n; ++i) to[i] = decoded(element<S>(p, i, sizeof(S)));
    else
        for (Index i = 0; i < n; ++i) to[i] = decoded(element<S>(p, i, step));
}
template <class S> INLINE S encoded(double y) {
    if constexpr (sizeof(S) == 8) return y;
    else return Format<S>::encode(Format<S>::nearest(y));
}
INLINE void scatter(const double* from, char* to, Index step, Index n) {
    if (step == Index(sizeof(double))) std::memcpy(to, from, size_t(n) * sizeof(double));
    else
        for (Index i = 0; i < n; ++i) element<double>(to, i, step) = from[i];
}

// ── rules: what is compiled for a form of a row ─────────────────────────────────────────────────────────────────────────

enum Domain { NONE, FINITE, POSITIVE, NONNEGATIVE, UNIT, BINARY, SIGN };
template <class F> INLINE bool allowed(Domain domain, F p) {
    switch (domain) {
        case NONE:
            return true;
        case FINITE:
            return abs(p) < F(INF);
        case POSITIVE:
            return (p > 0) & (p < F(INF));
        case NONNEGATIVE:
            return (p >= 0) & (p < F(INF));
        case UNIT:
            return (p >= 0) & (p <= 1);
        case BINARY:
            return (p == 0) | (p == 1);
        case SIGN:
            return (p == -1) | (p == 1);
    }
    return false;
}
INLINE bool allowed(Domain, One) { return true; }

// What the sheet writes for an end where the formula itself gives the value.
constexpr double NATURAL = NOT_A_NUMBER;

// Parameters are `count` arrays as long as the block or, where `fixed`, single numbers. An exact row has no Pairs and no Wide.
struct Rule {
    template <class F> using Fill = void (*)(const F* x, const F* const* p, bool fixed, F* y, Index n);
    bool exact, once, partial;  // partial: the domain depends on the parameters
    int count;
    double low, high, error;  // error: what a narrow dtype's rounding is tested with
    Domain domains[2];
    Fill<double> plain;   // rounded rows: good to `error`; exact rows: the result
    Fill<float> single;   // the result in float32, and in float64: exact rows have the first, rows that round once have both
    Fill<double> direct;
    void (*paired)(const double* x, const double* const* p, bool fixed, double* y, double* rest, Index n);
    decltype(paired) far;  // the same for what a table does not reach; or null
    Wide (*wide)(double x, double p, double q);

    bool allows(const double* p) const { return (count < 1 || allowed(domains[0], p[0])) && (count < 2 || allowed(domains[1], p[1])); }
};

// A parameter for each element, one for all, or one that is 1 (or not there).
template <class F> struct Each {
    const F* p;
    INLINE_MEMBER F operator[](Index i) const { return p[i]; }
};
template <class F> struct Same {
    F p;
    INLINE_MEMBER F operator[](Index) const { return p; }
};
struct Unity {
    INLINE_MEMBER One operator[](Index) const { return {}; }
};

// The formula where it holds; at the ends and beyond, and for parameters outside their domain, the sheet has the last word.
template <class Row, class T, class F, class P, class Q>
INLINE T at(F x, P p, Q q) {
    T y = Row::template formula<T>(x, p, q);
    if constexpr (!Row::exact) {
        if constexpr (Row::at_low == Row::at_low) y = pick(x == Row::low, T(Row::at_low), y);
        if constexpr (Row::at_high == Row::at_high) y = pick(x == Row::high, T(Row::at_high), y);
        if constexpr (Row::low != -INF || Row::high != INF) y = pick((x < Row::low) | (x > Row::high), T(NOT_A_NUMBER), y);
    }
    if constexpr (Row::first != NONE) y = pick(allowed(Row::first, p), y, T(NOT_A_NUMBER));
    if constexpr (Row::second != NONE) y = pick(allowed(Row::second, q), y, T(NOT_A_NUMBER));
    return y;
}

// The vectorised loops.
template <class Row, class F, class P, class Q>
__attribute__((noinline)) static void evaluate(const F* x, P p, Q q, F* y, Index n) {
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) y[i] = at<Row, F>(x[i], p[i], q[i]);
}
template <class Row, class T, class F>
__attribute__((noinline)) static void evaluate_once(const F* x, F* y, Index n) {
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) y[i] = F(rounded(at<Row, T>(double(x[i]), One(), One())));
}
template <class Row, class T, class P, class Q>
__attribute__((noinline)) static void evaluate_pair(const double* x, P p, Q q, double* y, double* rest, Index n) {
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        Pair v = at<Row, T>(x[i], p[i], q[i]);
        y[i] = v.hi, rest[i] = v.lo;
    }
}
// Choose the loop for the parameters at hand: f(p, q). A rounded row always finds arrays as long as the block: a parameter that
// is the same for all keeps GCC from vectorising.
template <class Row, class F, class Function>
INLINE void with_parameters(const F* const* p, bool fixed, Function f) {
    if constexpr (Row::first == NONE) f(Unity(), Unity());
    else if constexpr (Row::second == NONE) {
        if constexpr (Row::exact) {
            if (fixed) return f(Same<F>{*p[0]}, Unity());
        } else if (fixed && *p[0] == 1) return f(Unity(), Unity());
        f(Each<F>{p[0]}, Unity());
    } else {
        if constexpr (Row::exact)
            if (fixed) return f(Same<F>{*p[0]}, Same<F>{*p[1]});
        f(Each<F>{p[0]}, Each<F>{p[1]});
    }
}

template <class Row>
constexpr Rule rule() {
    Rule r{};
    r.exact = Row::exact, r.once = Row::once, r.partial = Row::partial;
    r.count = (Row::first != NONE) + (Row::second != NONE);
    r.low = Row::low, r.high = Row::high, r.error = Row::once ? 0 : ERROR;
    r.domains[0] = Row::first, r.domains[1] = Row::second;
    r.plain = [](const double* x, const double* const* p, bool fixed, double* y, Index n) { with_parameters<Row>(p, fixed, [=](auto a, auto b) { evaluate<Row>(x, a, b, y, n); }); };
    if constexpr (Row::exact) {
        r.single = [](const float* x, const float* const* p, bool fixed, float* y, Index n) { with_parameters<Row>(p, fixed, [=](auto a, auto b) { evaluate<Row>(x, a, b, y, n); }); };
    } else {
        r.paired = [](const double* x, const double* const* p, bool fixed, double* y, double* rest, Index n) { with_parameters<Row>(p, fixed, [=](auto a, auto b) { evaluate_pair<Row, Pair>(x, a, b, y, rest, n); }); };
        static_assert(Row::first == NONE || !(Row::tabled || Row::once), "rows from a table and rows that round once take no parameters");
        if constexpr (Row::tabled) r.far = [](const double* x, const double* const*, bool, double* y, double* rest, Index n) { evaluate_pair<Row, Far>(x, Unity(), Unity(), y, rest, n); };
        if constexpr (Row::once) {
            r.single = [](const float* x, const float* const*, bool, float* y, Index n) { evaluate_once<Row, double>(x, y, n); };
            r.direct = [](const double* x, const double* const*, bool, double* y, Index n) { evaluate_once<Row, Pair>(x, y, n); };
        }
        r.wide = [](double x, double p, double q) { return Row::template formula<Wide>(x, p, q); };
    }
    return r;
}

// ── the loop ────────────────────────────────────────────────────────────────────────────────────────────────────────────

// What a ufunc computes: a rule; two rules; or the product of the first array with a rule of the second.
struct Job {
    const Rule *rule, *second;
    bool backward;
};

// A reduction or an accumulation reads what it has just written: one element at a time then.
static bool sequential(char** args, Index n, Index const* steps, int inputs, int outputs) {
    for (int o = inputs; o < inputs + outputs; ++o) {
        if (steps[o] == 0) return n > 1;
        for (int i = 0; i < inputs; ++i) {
            Index apart = args[i] < args[o] ? args[o] - args[i] : args[i] - args[o], step = steps[o] < 0 ? -steps[o] : steps[o];
            if (apart != 0 && steps[i] == steps[o] && apart % step == 0 && apart < n * step) return true;
        }
    }
    return false;
}

template <class F> struct Block {
    alignas(64) F values[BLOCK];
};

// A block of inputs: upstream gradients, arguments, parameters.
template <class F> struct Inputs {
    const F *g, *x, *p[2];
    bool fixed;
};

// Whether an infinite result comes from a pole inside the domain, and not from overflow, which Wide does not know.
template <class F>
static bool pole(const Rule& rule, const Inputs<F>& in, Index i) {
    double p[2] = {};
    for (int k = 0; k < rule.count; ++k) p[k] = double(in.p[k][in.fixed ? 0 : i]);
    return rule.partial && rule.wide && !(abs(rule.wide(double(in.x[i]), p[0], p[1]).hi) < INF);
}

// Flags: nan for numbers is invalid, an infinity at a finite end of the domain a pole.
template <class F>
static void raise(Environment& environment, const Rule& rule, bool backward, const Inputs<F>& in, const F* y, Index n) {
    std::conditional_t<sizeof(F) == 4, uint32_t, uint64_t> ordinary = 1;
    for (Index i = 0; i < n; ++i) ordinary &= abs(y[i]) < F(INF) ? 1 : 0;
    if (ordinary) return;
    bool invalid = false, divide = false;
    for (Index i = 0; i < n; ++i) {
        bool number = in.x[i] == in.x[i], far = abs(in.x[i]) == F(INF);
        if (backward) number &= in.g[i] == in.g[i], far |= abs(in.g[i]) == F(INF);
        for (int k = 0; k < rule.count; ++k) number &= in.p[k][in.fixed ? 0 : i] == in.p[k][in.fixed ? 0 : i];
        invalid |= number && y[i] != y[i];
        divide |= !far && abs(y[i]) == F(INF) && (in.x[i] == F(rule.low) || in.x[i] == F(rule.high) || pole(rule, in, i));
    }
    environment.raise(invalid, divide);
}

// A result has to be computed again if 0 < |y| < SMALL, or if it is nan, which words that overflow leave behind. As integers, the
// sign telling: |y| - 1 with 0 taken to the top, less that of SMALL; and infinity less |y|.
INLINE uint64_t doubt_of(double y) { return (((bits(y) - 1) & 0x7fffffffffffffff) - (bits(SMALL) - 1)) | (bits(INF) - (bits(y) & 0x7fffffffffffffff)); }
INLINE bool doubtful(double y) { return doubt_of(y) >> 63; }

// The words of Pairs become doubles; tell whether one is doubtful.
static bool sum_words(double* y, const double* rest, Index n) {
    uint64_t signs = 0;
    for (Index i = 0; i < n; ++i) {
        double v = rounded(Pair(y[i], rest[i]));
        signs |= doubt_of(v);
        y[i] = v;
    }
    return signs >> 63;
}
// The same for products with upstream gradients. Where the rounded derivative has left the range the product need not have: nan,
// which is doubtful. Elsewhere the rounded derivative decides at the ends, for g = 0 and for infinite g.
static bool multiply_words(const Rule& rule, const double* g, const double* x, double* y, const double* rest, Index n) {
    const double low = rule.low, high = rule.high;
    uint64_t signs = 0;
    for (Index i = 0; i < n; ++i) {
        Pair derivative(y[i], rest[i]);
        double product = rounded(g[i] * derivative), d = rounded(derivative), size = abs(d);
        double inside = pick(g[i] == 0, pick(d == d, g[i] * with_sign(1, d), d), pick(size == 0, g[i] * d, pick((size >= SMALL) & (size < INF), product, NOT_A_NUMBER)));
        double v = pick((x[i] > low) & (x[i] < high) & (abs(g[i]) < INF), inside, g[i] * d);
        signs |= doubt_of(v);
        y[i] = v;
    }
    return signs >> 63;
}

template <class S> INLINE bool undecided(double y, double error) { return bits(Format<S>::nearest(y * (1 - error))) != bits(Format<S>::nearest(y * (1 + error))); }

// One element again, if it is finite and inside the domain; everything else was decided at once.
template <class S>
__attribute__((noinline)) static double again(const Rule& rule, bool backward, const Inputs<double>& in, Index i, double y) {
    if (bits(y) == bits(OUTSIDE)) return NOT_A_NUMBER;
    const double x = in.x[i], g = backward ? in.g[i] : 1;
    double p[2] = {};
    for (int k = 0; k < rule.count; ++k) p[k] = in.p[k][in.fixed ? 0 : i];
    // At an end only the rounding of what the formula gives is open.
    const bool inside = (x > rule.low) & (x < rule.high), end = (sizeof(S) < sizeof(double)) & !backward & ((x == rule.low) | (x == rule.high));
    if (!(inside || end) || g != g || !rule.allows(p)) return y;
    const bool only_sign = g == 0 || abs(g) == INF;  // what Wide does not hold
    if constexpr (sizeof(S) < sizeof(double)) {
        const double* const parameters[] = {&p[0], &p[1]};
        double hi, lo;
        rule.paired(&x, parameters, true, &hi, &lo, 1);
        double v = rounded(g * Pair(hi, lo));
        if (!only_sign && abs(hi) >= SMALL && abs(v) < INF && !undecided<S>(v, PAIR_ERROR)) return Format<S>::nearest(v);
    }
    Wide result = rule.wide(x, p[0], p[1]);
    if (backward && result.hi == 0) return g * result.hi;
    if (backward && !only_sign) result = Wide(g) * result;
    return only_sign && backward ? g * with_sign(1, result.hi) : rounded(result, Format<S>::precision, Format<S>::least);
}

// Decide the rounding of a block of a narrow dtype on the way to its own memory.
template <class S>
INLINE void settle_and_store(const Rule& rule, bool backward, const Inputs<double>& in, double* y, Index n, char* to, Index step) {
    alignas(64) float buffer[BLOCK];
    const bool direct = sizeof(S) == sizeof(float) && step == sizeof(float);
    float* r = direct ? reinterpret_cast<float*>(to) : buffer;
    const double error = backward ? ERROR : rule.error, less = 1 - error, more = 1 + error;
    uint32_t differ = 0;
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        float down = Format<S>::nearest(y[i] * less), up = Format<S>::nearest(y[i] * more);
        differ |= (bits(down) ^ bits(up)) | (up != up ? 1 : 0);
        r[i] = up;
    }
    if (__builtin_expect(differ != 0, 0))
        for (Index i = 0; i < n; ++i)
            if (undecided<S>(y[i], error) || y[i] != y[i]) y[i] = again<S>(rule, backward, in, i, y[i]), r[i] = float(y[i]);
    if (!direct)
        for (Index i = 0; i < n; ++i) element<S>(to, i, step) = Format<S>::encode(r[i]);
}

// One block of one output of a rounded row, to memory.
template <class S>
static void rounded_block(Environment& environment, const Rule& rule, bool backward, bool watch, const Inputs<double>& in, char* to, Index step, Index n) {
    Block<double> y;
    if constexpr (sizeof(S) == sizeof(double)) {
        auto fill = [&](decltype(rule.paired) loop, double* to) {
            Block<double> rest;
            loop(in.x, in.p, in.fixed, to, rest.values, n);
            return backward ? multiply_words(rule, in.g, in.x, to, rest.values, n) : sum_words(to, rest.values, n);
        };
        bool doubt = fill(rule.paired, y.values);
        if (doubt && rule.far) {
            Block<double> beyond;
            fill(rule.far, beyond.values);
            for (Index i = 0; i < n; ++i) y.values[i] = pick(y.values[i] == y.values[i], y.values[i], beyond.values[i]);
        }
        if (__builtin_expect(doubt, 0))
            for (Index i = 0; i < n; ++i)
                if (doubtful(y.values[i])) y.values[i] = again<S>(rule, backward, in, i, y.values[i]);
        if (watch) raise(environment, rule, backward, in, y.values, n);
        scatter(y.values, to, step, n);
    } else {
        rule.plain(in.x, in.p, in.fixed, y.values, n);
        if (backward)  // a stand-in for a derivative that vanishes at infinity must not grow into a plausible result
            for (Index i = 0; i < n; ++i) y.values[i] = in.g[i] * pick((abs(in.x[i]) == INF) & (abs(y.values[i]) < SMALL), with_sign(0, y.values[i]), y.values[i]);
        settle_and_store<S>(rule, backward, in, y.values, n, to, step);
        if (watch) raise(environment, rule, backward, in, y.values, n);
    }
}

// The type an exact row is evaluated in: float and double in themselves; the 16-bit dtypes in double, where a sum, product or
// quotient of two of them rounds far beyond their last place (11 + 11 bits fit, and a quotient is no nearer to a midpoint than 2^-24).
template <class S> using Itself = std::conditional_t<sizeof(S) == sizeof(float), float, double>;

template <class F> INLINE Rule::Fill<F> own(const Rule& rule) {
    if constexpr (sizeof(F) == sizeof(float)) return rule.single;
    else return rule.once ? rule.direct : rule.plain;
}

// One block of one output of an exact row, to memory; y is that memory, if it can be.
template <class S>
static void exact_block(Environment& environment, const Rule& rule, bool backward, bool watch, const Inputs<Itself<S>>& in, char* to, Index step, Index n) {
    using F = Itself<S>;
    Block<F> buffer;
    const bool direct = sizeof(S) == sizeof(F) && step == Index(sizeof(F));
    F* y = direct ? reinterpret_cast<F*>(to) : buffer.values;
    if (watch || backward) y = buffer.values;  // the inputs, which may lie in the same memory, are asked again
    own<F>(rule)(in.x, in.p, in.fixed, y, n);
    if (backward)
        for (Index i = 0; i < n; ++i) y[i] = in.g[i] * y[i];
    if (watch) raise(environment, rule, backward, in, y, n);
    if (direct && y != buffer.values) return;
    if constexpr (sizeof(S) == sizeof(F)) {
        for (Index i = 0; i < n; ++i) element<S>(to, i, step) = y[i];
    } else
        for (Index i = 0; i < n; ++i) element<S>(to, i, step) = Format<S>::encode(Format<S>::nearest(y[i]));
}

template <class S, class F>
INLINE void gather_as(F* to, const char* from, Index step, Index n) {
    if constexpr (sizeof(F) == sizeof(double)) gather<S>(to, from, step, n);
    else
        for (Index i = 0; i < n; ++i) to[i] = element<float>(const_cast<char*>(from), i, step);
}

template <class S, bool exact>
static void blocks(char** args, Index n, Index const* steps, const Job& job) {
    using F = std::conditional_t<exact, Itself<S>, double>;
    const Rule& rule = *job.rule;
    const int arrays = 1 + job.backward, inputs = arrays + rule.count, outputs = 1 + (job.second != nullptr);
    Environment environment;
    Block<F> gathered[4];
    Inputs<F> in{};
    in.fixed = true;
    for (int k = arrays; k < inputs; ++k) in.fixed &= steps[k] == 0;
    bool watch = job.backward || rule.partial || rule.low != -INF || rule.high != INF;  // whether a flag might have to be raised
    if (rule.count && in.fixed) {
        for (int k = 0; k < rule.count; ++k) {
            F* values = gathered[arrays + k].values;
            gather_as<S>(values, args[arrays + k], 0, 1);
            for (Index i = 1; i < BLOCK && i < n; ++i) values[i] = values[0];
            in.p[k] = values;
        }
        const F probe = 0.5;
        F y;
        own<F>(rule)(&probe, in.p, true, &y, 1);
        watch |= y != y;
    } else watch |= rule.count > 0;

    bool packed = true;  // an exact row may take all at once
    for (int k = 0; k < inputs + outputs; ++k) packed &= steps[k] == Index(sizeof(F)) || (in.fixed && k >= arrays && k < inputs);
    const Index whole = exact && sizeof(S) == sizeof(F) && packed && !watch && outputs == 1 ? n : BLOCK, block = sequential(args, n, steps, inputs, outputs) ? 1 : whole;
    for (Index start = 0; start < n; start += block) {
        const Index m = n - start < block ? n - start : block;
        const F** const to[] = {&in.g, &in.x};
        for (int k = 0; k < inputs; ++k) {
            const F*& values = k < arrays ? *to[k + 2 - arrays] : in.p[k - arrays];
            char* from = args[k] + start * steps[k];
            if (k >= arrays && in.fixed) continue;
            if (sizeof(S) == sizeof(F) && steps[k] == Index(sizeof(F)) && outputs == 1) values = reinterpret_cast<const F*>(from);
            else gather_as<S>(gathered[k].values, from, steps[k], m), values = gathered[k].values;
        }
        for (int o = 0; o < outputs; ++o) {
            const Rule& r = o ? *job.second : rule;
            char* address = args[inputs + o] + start * steps[inputs + o];
            if constexpr (exact) exact_block<S>(environment, r, job.backward, watch, in, address, steps[inputs + o], m);
            else rounded_block<S>(environment, r, job.backward, watch, in, address, steps[inputs + o], m);
        }
    }
}

template <class S>
static void elementwise(char** args, Index const* dimensions, Index const* steps, void* data) {
    const Job& job = *static_cast<const Job*>(data);
    if (dimensions[0] == 0) return;
    const bool directly = sizeof(S) >= sizeof(float) && job.rule->once && !job.backward;  // as good as exact
    if (job.rule->exact || directly) blocks<S, true>(args, dimensions[0], steps, job);
    else blocks<S, false>(args, dimensions[0], steps, job);
}
