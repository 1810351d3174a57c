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

struct Half { uint16_t u; };
struct BFloat16 { uint16_t u; };

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
template <> struct Format<double> { static constexpr int precision = 53, least = -1074; };
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
    if (step == Index(sizeof(S))) for (Index i = 0; i < n; ++i) to[i] = decoded(element<S>(p, i, sizeof(S)));
    else for (Index i = 0; i < n; ++i) to[i] = decoded(element<S>(p, i, step));
}
template <class S, class V>
INLINE void scatter(const V* from, char* to, Index step, Index n) {
    if (step == Index(sizeof(S))) for (Index i = 0; i < n; ++i) element<S>(to, i, sizeof(S)) = from[i];
    else for (Index i = 0; i < n; ++i) element<S>(to, i, step) = from[i];
}

// Round one result of the slow path.
template <class S>
static S rounded_as(Wide y) {
    double r = rounded(y, Format<S>::precision, Format<S>::least);
    if constexpr (sizeof(S) == 8) return r;
    else return Format<S>::encode(float(r));
}

// ── forms: what is computed from a row ──────────────────────────────────────────────────────────────────────────────────

enum Domain { NONE, FINITE, POSITIVE };
template <Domain domain, class F> INLINE bool allowed(F p) { return (domain == FINITE || p > 0) & (abs(p) < F(INF)); }
template <Domain domain> INLINE bool allowed(One) { return true; }

// A row with its ends, its domain and the domain of its parameter.
template <class Row, class T, class X, class P>
INLINE T at(X x, P p) {
    T y = Row::template formula<T>(x, p);
    if constexpr (!Row::exact) {
        y = pick(x == Row::low, T(Row::at_low), y);
        y = pick(x == Row::high, T(Row::at_high), y);
        if constexpr (Row::low != -INF) y = pick(x < Row::low, T(NOT_A_NUMBER), y);
        if constexpr (Row::high != INF) y = pick(x > Row::high, T(NOT_A_NUMBER), y);
    }
    if constexpr (Row::parameter != NONE) y = pick(allowed<Row::parameter>(p), y, T(NOT_A_NUMBER));
    return y;
}

template <class T> INLINE bool doubtful(T y) { return !(abs(y) >= SMALL || y == 0); }
// The upstream gradient times the unrounded derivative; a stand-in for a derivative must not grow into a plausible result.
INLINE double product(double g, double d) { return g * d; }
INLINE float product(float g, float d) { return g * d; }
INLINE Pair product(double g, Pair d) { Pair y = g * d; return pick(doubtful(d.hi), d, pick(abs(g) < INF, y, Pair(g * d.hi))); }
INLINE Wide product(Wide g, Wide d) { return g * d; }

template <class V>
struct Value {
    using Row = V;
    static constexpr int arrays = 1, outputs = 1;
    static constexpr bool may_fail = Row::parameter != NONE || Row::low != -INF || Row::high != INF;
    template <class T, class X, class P> INLINE_MEMBER static void compute(X, X x, P p, T* y) { y[0] = at<Row, T>(x, p); }
};
template <class V, class D>
struct ValueAndDerivative {
    using Row = V;
    static constexpr int arrays = 1, outputs = 2;
    static constexpr bool may_fail = Value<V>::may_fail;
    template <class T, class X, class P> INLINE_MEMBER static void compute(X, X x, P p, T* y) { y[0] = at<V, T>(x, p), y[1] = at<D, T>(x, p); }
};
template <class D>
struct Backward {
    using Row = D;
    static constexpr int arrays = 2, outputs = 1;
    static constexpr bool may_fail = true;
    template <class T, class X, class P> INLINE_MEMBER static void compute(X g, X x, P p, T* y) { y[0] = product(g, at<D, T>(x, p)); }
};

template <class Form> constexpr int inputs = Form::arrays + (Form::Row::parameter != NONE);

// A reduction or an accumulation reads what it has just written: one element at a time then.
template <class Form>
static bool sequential(char** args, Index n, Index const* steps) {
    constexpr int in = inputs<Form>;
    for (int o = in; o < in + Form::outputs; ++o) {
        if (steps[o] == 0 && n > 1) return true;
        for (int i = 0; i < in; ++i) {
            bool same = args[i] == args[o] && steps[i] == steps[o];
            char *first = args[i] < args[o] ? args[i] : args[o], *second = args[i] < args[o] ? args[o] : args[i];
            if (!same && steps[i] == steps[o] && second < first + n * (steps[o] < 0 ? -steps[o] : steps[o])) return true;
        }
    }
    return false;
}

// ── rounded rows ────────────────────────────────────────────────────────────────────────────────────────────────────────

template <class Form, class T, class P>
__attribute__((noinline)) static void evaluate(const double (&in)[3][BLOCK], P p, double (&out)[2][BLOCK], Index n) {
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        T y[2];
        if constexpr (sizeof(P) == sizeof(double)) Form::template compute<T>(in[0][i], in[Form::arrays - 1][i], in[Form::arrays][i], y);
        else Form::template compute<T>(in[0][i], in[Form::arrays - 1][i], p, y);
        out[0][i] = rounded(y[0]);
        if constexpr (Form::outputs == 2) out[1][i] = rounded(y[1]);
    }
}

// Whether an element can be computed in Wide: finite, inside the domain. Everything else was decided at once.
template <class Form>
static bool decidable(const double (&in)[3][BLOCK], Index i) {
    using Row = typename Form::Row;
    double x = in[Form::arrays - 1][i];
    bool inside = x > Row::low && x < Row::high && abs(in[0][i]) < INF;
    if constexpr (Row::parameter != NONE) inside = inside && allowed<Row::parameter>(in[Form::arrays][i]);
    return inside;
}

template <class Form, class S>
__attribute__((noinline)) static void again(const double (&in)[3][BLOCK], Index i, char** to, Index const* steps, Index at, int output) {
    if (!decidable<Form>(in, i)) return;
    Wide y[2];
    Form::template compute<Wide>(in[0][i], in[Form::arrays - 1][i], in[Form::arrays][i], y);
    element<S>(to[output], at, steps[output]) = rounded_as<S>(y[output]);
}

template <class Form, class S>
static void rounded_loop(char** args, Index const* dimensions, Index const* steps, void*) {
    using Row = typename Form::Row;
    constexpr int in_count = inputs<Form>;
    const Index n = dimensions[0], block = sequential<Form>(args, n, steps) ? 1 : BLOCK;
    alignas(64) double in[3][BLOCK], out[2][BLOCK];
    Environment environment;

    bool fixed = Row::parameter != NONE && steps[Form::arrays] == 0 && n > 0, one = false;
    if (fixed) {
        double p = decoded(element<S>(args[Form::arrays], 0, 0));
        one = p == 1;
        for (Index i = 0; i < block && i < n; ++i) in[Form::arrays][i] = p;
    }
    for (Index start = 0; start < n; start += block) {
        const Index m = n - start < block ? n - start : block;
        for (int k = 0; k < in_count; ++k)
            if (k < Form::arrays || !fixed) gather<S>(in[k], args[k] + start * steps[k], steps[k], m);

        using T = std::conditional_t<sizeof(S) == 8, Pair, double>;
        if constexpr (Row::parameter == NONE) evaluate<Form, T, One>(in, One(), out, m);
        else if (one) evaluate<Form, T, One>(in, One(), out, m);
        else evaluate<Form, T, double>(in, 0.0, out, m);

        for (int o = 0; o < Form::outputs; ++o) {
            const double* y = out[o];
            char* to = args[in_count + o] + start * steps[in_count + o];
            const Index step = steps[in_count + o];
            if constexpr (sizeof(S) == 8) {
                bool doubt = false;
                for (Index i = 0; i < m; ++i) doubt |= doubtful(y[i]);
                scatter<S>(y, to, step, m);
                if (__builtin_expect(doubt, 0))
                    for (Index i = 0; i < m; ++i)
                        if (doubtful(y[i])) again<Form, S>(in, i, args + in_count, steps + in_count, start + i, o);
            } else {
                alignas(64) float r[BLOCK];
                uint32_t doubt = 0;
                for (Index i = 0; i < m; ++i) {
                    float down = Format<S>::nearest(y[i] * (1 - ERROR)), up = Format<S>::nearest(y[i] * (1 + ERROR));
                    r[i] = up;
                    doubt |= bits(down) ^ bits(up);
                }
                for (Index i = 0; i < m; ++i) element<S>(to, i, step) = Format<S>::encode(r[i]);
                if (__builtin_expect(doubt != 0, 0))
                    for (Index i = 0; i < m; ++i)
                        if (bits(Format<S>::nearest(y[i] * (1 - ERROR))) != bits(Format<S>::nearest(y[i] * (1 + ERROR))))
                            again<Form, S>(in, i, args + in_count, steps + in_count, start + i, o);
            }
        }
        if constexpr (Form::may_fail) {
            bool invalid = false, divide = false;
            for (Index i = 0; i < m; ++i) {
                double x = in[Form::arrays - 1][i], g = in[0][i];
                bool number = x == x && g == g;
                if constexpr (Row::parameter != NONE) number = number & (in[Form::arrays][i] == in[Form::arrays][i]);
                invalid |= (out[0][i] != out[0][i]) & number;
                divide |= (abs(out[0][i]) == INF) & (abs(x) < INF) & (abs(g) < INF) & ((x == Row::low) | (x == Row::high));
            }
            environment.raise(invalid, divide);
        }
    }
}

// ── exact rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────

// float and double in themselves; the 16-bit dtypes in double, where a product or quotient of two of them rounds far beyond
// their last place (11 + 11 bits fit, and a quotient is no nearer to a midpoint than 2^-24).
template <class S> struct Itself { using type = double; };
template <> struct Itself<float> { using type = float; };

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
    bool invalid = false;
#pragma GCC ivdep
    for (Index i = 0; i < n; ++i) {
        F g = loaded<S, F>(args[0], i, step(0)), x = loaded<S, F>(args[x_at], i, step(x_at)), p = one_parameter, y[2];
        if constexpr (has_parameter && !fixed) p = loaded<S, F>(args[p_at], i, step(p_at));
        Form::template compute<F>(g, x, p, y);
        stored<S, F>(args[out_at], i, step(out_at), y[0]);
        if constexpr (Form::outputs == 2) stored<S, F>(args[out_at + 1], i, step(out_at + 1), y[1]);
        if constexpr (Form::may_fail) invalid |= (y[0] != y[0]) & (x == x) & (g == g) & (p == p);
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
