// The one ufunc loop: gather a block of any dtype and stride into doubles, evaluate the row over it, round, scatter.
//
// A result of a narrow dtype is rounded twice, from y (1 - ERROR) and from y (1 + ERROR): where the two differ, the element is
// computed again in Wide. A float64 result is computed again where it is so small that its low word was lost. So the
// vectorised loop need not be right everywhere: it must only know where it is.
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
// Below this the low word of a Pair may have been lost.
constexpr double SMALL = 0x1p-969;
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

// ── forms: what is computed from a row ──────────────────────────────────────────────────────────────────────────────────

enum Domain { NONE, FINITE, POSITIVE };
template <Domain domain, class F> INLINE bool allowed(F p) { return (domain == FINITE || p > 0) & (abs(p) < F(INF)); }
template <Domain domain> INLINE bool allowed(One) { return true; }

// What the sheet writes for an end where the formula itself gives the value.
constexpr double NATURAL = NOT_A_NUMBER;

// A row at x, wherever its formula holds; for the ends and beyond, `ends` has the last word.
template <class Row, class T, class X, class P>
INLINE T at(X x, P p) {
    return Row::template formula<T>(x, p);
}

template <class Row, class F, class P>
INLINE F ends(F y, F x, P p) {
    if constexpr (!Row::exact) {
        if constexpr (Row::at_low == Row::at_low) y = pick(x == Row::low, Row::at_low, y);
        if constexpr (Row::at_high == Row::at_high) y = pick(x == Row::high, Row::at_high, y);
        if constexpr (Row::low != -INF || Row::high != INF) y = pick((x < Row::low) | (x > Row::high), NOT_A_NUMBER, y);
    }
    if constexpr (Row::parameter != NONE) y = pick(allowed<Row::parameter>(p), y, F(NOT_A_NUMBER));
    return y;
}

// A result has to be computed again if 0 < |y| < SMALL, or if it is nan, which words that overflow leave behind. As integers:
// |y| - 1 with 0 taken to the top, of which the loop keeps the least.
INLINE int64_t size_of(double y) { return int64_t((bits(y) - 1) & 0x7fffffffffffffff); }
INLINE bool doubtful(double y) { return size_of(y) < int64_t(bits(SMALL) - 1) || y != y; }

// Each form says how to compute its results in a number type and how to round them; `Form::compute<T>(g, x, p, y)`.
template <class V>
struct Value {
    using Row = V;
    static constexpr int arrays = 1, outputs = 1;
    static constexpr bool may_fail = Row::parameter != NONE || Row::low != -INF || Row::high != INF;
    template <class T, class F, class P> INLINE_MEMBER static void compute(F, F x, P p, F* y) { y[0] = ends<V>(rounded(at<V, T>(x, p)), x, p); }
    template <class P> static Wide wide(int, double, double x, P p) { return at<V, Wide>(x, p); }
};
template <class V, class D>
struct ValueAndDerivative {
    using Row = V;
    static constexpr int arrays = 1, outputs = 2;
    static constexpr bool may_fail = Value<V>::may_fail;
    template <class T, class F, class P> INLINE_MEMBER static void compute(F g, F x, P p, F* y) { Value<V>::template compute<T>(g, x, p, y), Value<D>::template compute<T>(g, x, p, y + 1); }
    template <class P> static Wide wide(int output, double, double x, P p) { return output ? at<D, Wide>(x, p) : at<V, Wide>(x, p); }
};
// The upstream gradient times the unrounded derivative; a stand-in for a derivative must not grow into a plausible result.
template <class D>
struct Backward {
    using Row = D;
    static constexpr int arrays = 2, outputs = 1;
    static constexpr bool may_fail = true;
    template <class T, class F, class P> INLINE_MEMBER static void compute(F g, F x, P p, F* y) {
        T d = at<D, T>(x, p);
        F once = ends<D>(rounded(d), x, p);
        if constexpr (sizeof(T) == sizeof(Pair)) y[0] = rounded(g * d), y[1] = once;
        else if constexpr (D::exact) y[0] = g * once;
        else y[0] = g * pick(abs(x) == INF, pick(abs(once) < SMALL, with_sign(0, once), once), once);
    }
    // Where the rounded derivative has left the range the product need not have: nan, which is doubtful. Elsewhere the rounded
    // derivative decides at the ends, for g = 0 and for infinite g.
    INLINE_MEMBER static void finish(const double* g, const double* x, double* y, const double* derivative, Index n) {
        for (Index i = 0; i < n; ++i) {
            double d = derivative[i], size = abs(d);
            double inside = pick(g[i] == 0, pick(d == d, g[i] * with_sign(1, d), d), pick(size == 0, g[i] * d, pick(size >= SMALL && size < INF, y[i], NOT_A_NUMBER)));
            y[i] = pick(x[i] > D::low && x[i] < D::high && abs(g[i]) < INF, inside, g[i] * d);
        }
    }
    template <class P> static Wide wide(int, double g, double x, P p) { return Wide(g) * at<D, Wide>(x, p); }
};

template <class Form> constexpr int inputs = Form::arrays + (Form::Row::parameter != NONE);

// A reduction or an accumulation reads what it has just written: one element at a time then.
template <class Form>
static bool sequential(char** args, Index n, Index const* steps) {
    constexpr int in = inputs<Form>;
    for (int o = in; o < in + Form::outputs; ++o) {
        if (steps[o] == 0) return n > 1;
        for (int i = 0; i < in; ++i) {
            Index apart = args[i] < args[o] ? args[o] - args[i] : args[i] - args[o], step = steps[o] < 0 ? -steps[o] : steps[o];
            if (apart != 0 && steps[i] == steps[o] && apart % step == 0 && apart < n * step) return true;
        }
    }
    return false;
}

// ── rounded rows ────────────────────────────────────────────────────────────────────────────────────────────────────────

struct Block {
    alignas(64) double values[BLOCK];
};
template <class Form> constexpr bool is_backward = Form::arrays == 2;

// The vectorised loop.
template <class Form, class T, class P>
__attribute__((noinline)) static void evaluate(const double* const* in, P, double* const* out, Index n) {
    const double *g = in[0], *x = in[Form::arrays - 1], *p = in[Form::arrays];
    double *first = out[0], *second = out[1];
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        double y[2];
        if constexpr (sizeof(P) == sizeof(double)) Form::template compute<T>(g[i], x[i], p[i], y);
        else Form::template compute<T>(g[i], x[i], P(), y);
        first[i] = y[0];
        if constexpr (Form::outputs == 2 || (is_backward<Form> && sizeof(T) == sizeof(Pair))) second[i] = y[1];
    }
}

template <bool may_be_nan>
static bool any_doubtful(const double* y, Index n) {
    int64_t least = INT64_MAX;
    uint64_t nan = 0;
    for (Index i = 0; i < n; ++i) {
        int64_t size = size_of(y[i]);
        least = size < least ? size : least;
        if constexpr (may_be_nan) nan |= bits(INF) - (bits(y[i]) & 0x7fffffffffffffff);
    }
    return least < int64_t(bits(SMALL) - 1) || nan >> 63;
}

// One element in Wide, if it is finite and inside the domain; everything else was decided at once.
template <class Form, class S>
__attribute__((noinline)) static void again(const double* const* in, Index i, int output, double& y) {
    using Row = typename Form::Row;
    double x = in[Form::arrays - 1][i], g = in[0][i], p = 0;
    bool inside = (x > Row::low) & (x < Row::high) & (g == g);
    if constexpr (Row::parameter != NONE) p = in[Form::arrays][i], inside = inside && allowed<Row::parameter>(p);
    if (!inside) return;
    bool only_sign = is_backward<Form> && (g == 0 || abs(g) == INF);  // what Wide does not hold
    Wide result = Form::wide(output, only_sign ? 1 : g, x, p);
    y = only_sign ? g * with_sign(1, result.hi) : rounded(result, Format<S>::precision, Format<S>::least);
}

template <class S> INLINE bool undecided(double y) { return bits(Format<S>::nearest(y * (1 - ERROR))) != bits(Format<S>::nearest(y * (1 + ERROR))); }

// Decide the rounding of a block, with the slow path where it is needed: in place for float64, and on the way to its own memory
// for a narrow dtype.
template <class Form>
INLINE void settle(const double* const* in, double* y, Index n, int output, bool plain) {
    if (__builtin_expect(plain ? any_doubtful<false>(y, n) : any_doubtful<true>(y, n), 0))
        for (Index i = 0; i < n; ++i)
            if (doubtful(y[i])) again<Form, double>(in, i, output, y[i]);
}
template <class Form, class S>
INLINE void settle_and_store(const double* const* in, double* y, Index n, int output, char* to, Index step) {
    alignas(64) float buffer[BLOCK];
    const bool direct = sizeof(S) == sizeof(float) && step == sizeof(float);
    float* r = direct ? reinterpret_cast<float*>(to) : buffer;
    uint32_t differ = 0;
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        float down = Format<S>::nearest(y[i] * (1 - ERROR)), up = Format<S>::nearest(y[i] * (1 + ERROR));
        differ |= bits(down) ^ bits(up);
        r[i] = up;
    }
    if (__builtin_expect(differ != 0, 0))
        for (Index i = 0; i < n; ++i)
            if (undecided<S>(y[i])) again<Form, S>(in, i, output, y[i]), r[i] = float(y[i]);
    if (!direct)
        for (Index i = 0; i < n; ++i) element<S>(to, i, step) = Format<S>::encode(r[i]);
}

template <class Form, class S>
static void rounded_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    using Row = typename Form::Row;
    constexpr bool is_double = sizeof(S) == sizeof(double);
    using T = std::conditional_t<is_double, Pair, double>;
    constexpr int in_count = inputs<Form>, x_at = Form::arrays - 1, p_at = Form::arrays;
    const Index n = dimensions[0], block = sequential<Form>(args, n, steps) ? 1 : BLOCK;
    Environment environment;
    Block gathered[3], computed[2];
    const double* in[3] = {gathered[0].values, gathered[1].values, gathered[2].values};
    double* out[2] = {computed[0].values, computed[1].values};

    // Packed float64 is read, and unless it is read where it is written, written, without a detour.
    bool in_place = false;
    for (int k = 0; k < in_count; ++k)
        for (int o = in_count; o < in_count + Form::outputs; ++o) in_place |= args[k] == args[o];
    const bool fixed = Row::parameter != NONE && steps[p_at] == 0 && n > 0;
    bool one = false, watch = Form::may_fail;  // whether a flag might have to be raised
    if (fixed) {
        const double p = decoded(element<S>(args[p_at], 0, 0));
        one = p == 1;
        watch = is_backward<Form> || Row::low != -INF || Row::high != INF || !allowed<Row::parameter>(p);
        for (Index i = 0; i < block && i < n; ++i) gathered[p_at].values[i] = p;
    }
    for (Index start = 0; start < n; start += block) {
        const Index m = n - start < block ? n - start : block;
        for (int k = 0; k < in_count; ++k) {
            char* from = args[k] + start * steps[k];
            if (fixed && k == p_at) continue;
            if (is_double && steps[k] == sizeof(double)) in[k] = reinterpret_cast<const double*>(from);
            else gather<S>(gathered[k].values, from, steps[k], m);
        }
        char* to[2];
        bool direct[2] = {};
        for (int o = 0; o < Form::outputs; ++o) {
            to[o] = args[in_count + o] + start * steps[in_count + o];
            direct[o] = is_double && steps[in_count + o] == sizeof(double) && !in_place;
            if (direct[o]) out[o] = reinterpret_cast<double*>(to[o]);
        }

        if constexpr (Row::parameter == NONE) evaluate<Form, T>(in, One(), out, m);
        else if (one) evaluate<Form, T>(in, One(), out, m);
        else evaluate<Form, T>(in, 0.0, out, m);

        if constexpr (is_double) {
            if constexpr (is_backward<Form>) Form::finish(in[0], in[x_at], out[0], out[1], m);
            for (int o = 0; o < Form::outputs; ++o) settle<Form>(in, out[o], m, o, !Form::may_fail || (one && !is_backward<Form>));
        }
        if (watch) {
            uint64_t invalid = 0, divide = 0;
            const double *g = in[0], *x = in[x_at], *p = in[p_at], *y = out[0];
            for (Index i = 0; i < m; ++i) {
                bool number = (x[i] == x[i]) & (g[i] == g[i]);
                if constexpr (Row::parameter != NONE) number = number & (p[i] == p[i]);
                invalid |= (y[i] != y[i]) & number ? 1 : 0;
                divide |= (abs(y[i]) == INF) & (abs(x[i]) < INF) & (abs(g[i]) < INF) & ((x[i] == Row::low) | (x[i] == Row::high)) ? 1 : 0;
            }
            environment.raise(invalid, divide);
        }
        for (int o = 0; o < Form::outputs; ++o) {
            const Index step = steps[in_count + o];
            if constexpr (is_double) {
                if (!direct[o]) scatter(out[o], to[o], step, m);
            } else settle_and_store<Form, S>(in, out[o], m, o, to[o], step);
        }
    }
}

// ── exact rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────

// float and double in themselves; the 16-bit dtypes in double, where a product or quotient of two of them rounds far beyond
// their last place (11 + 11 bits fit, and a quotient is no nearer to a midpoint than 2^-24).
template <class S> struct Itself {
    using type = double;
};
template <> struct Itself<float> {
    using type = float;
};

template <class S, class F> INLINE F loaded(char* p, Index i, Index step) {
    if constexpr (sizeof(S) == sizeof(F)) return element<S>(p, i, step);
    else return decoded(element<S>(p, i, step));
}
template <class S, class F> INLINE void stored(char* p, Index i, Index step, F y) {
    if constexpr (sizeof(S) == sizeof(F)) element<S>(p, i, step) = y;
    else element<S>(p, i, step) = Format<S>::encode(Format<S>::nearest(y));
}

template <class Form, class S, bool packed, bool fixed>
static void exact_block(char** args, Index n, Index const* steps, Environment& environment) {
    using F = typename Itself<S>::type;
    constexpr bool has_parameter = Form::Row::parameter != NONE;
    constexpr int x_at = Form::arrays - 1, p_at = Form::arrays, out_at = inputs<Form>;
    auto step = [&](int k) { return packed ? Index(sizeof(S)) : steps[k]; };
    const F one_parameter = has_parameter && fixed ? loaded<S, F>(args[p_at], 0, 0) : F(0);
    std::conditional_t<sizeof(F) == 4, uint32_t, uint64_t> invalid = 0;
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        F g = loaded<S, F>(args[0], i, step(0)), x = loaded<S, F>(args[x_at], i, step(x_at)), p = one_parameter, y[2];
        if constexpr (has_parameter && !fixed) p = loaded<S, F>(args[p_at], i, step(p_at));
        Form::template compute<F>(g, x, p, y);
        stored<S, F>(args[out_at], i, step(out_at), y[0]);
        if constexpr (Form::outputs == 2) stored<S, F>(args[out_at + 1], i, step(out_at + 1), y[1]);
        if constexpr (Form::may_fail) invalid |= (y[0] != y[0]) & (x == x) & (g == g) & (p == p) ? 1 : 0;
    }
    environment.raise(invalid, false);
}

template <class Form, class S>
static void exact_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    constexpr int in = inputs<Form>, all = in + Form::outputs;
    const Index n = dimensions[0];
    Environment environment;
    if (sequential<Form>(args, n, steps)) {
        for (Index i = 0; i < n; ++i) {
            char* one[all];
            for (int k = 0; k < all; ++k) one[k] = args[k] + i * steps[k];
            exact_block<Form, S, false, false>(one, 1, steps, environment);
        }
        return;
    }
    bool fixed = in > Form::arrays && steps[Form::arrays] == 0, packed = true;
    for (int k = 0; k < all; ++k) packed &= steps[k] == Index(sizeof(S)) || (fixed && k == Form::arrays);
    if (n == 0) return;
    if (packed && fixed) exact_block<Form, S, true, true>(args, n, steps, environment);
    else if (packed) exact_block<Form, S, true, false>(args, n, steps, environment);
    else exact_block<Form, S, false, false>(args, n, steps, environment);
}

template <class Form, class S>
constexpr Loop loop() {
    if constexpr (Form::Row::exact) return exact_loop<Form, S>;
    else return rounded_loop<Form, S>;
}
