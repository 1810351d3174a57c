// The sheet instantiated: this file is compiled once for each CPU level, in a namespace of its own.
#include "kernels.hpp"

// The standard headers come first, outside that namespace.
#include <cstdint>
#include <cstring>
#include <type_traits>
#if defined(__x86_64__)
#include <xmmintrin.h>
#else
#include <fenv.h>
#endif

namespace ogive {
namespace OGIVE_LEVEL {
namespace {

#include "loops.hpp"
#include "softmax.hpp"

// A form of a row: its ends and its formula.
#define EXACT_FORM(name, form, parameter_name, parameter_domain, ...)                                                                \
    struct name##_##form {                                                                                                           \
        static constexpr bool exact = true;                                                                                          \
        static constexpr double low = -INF, high = INF;                                                                              \
        static constexpr Domain parameter = parameter_domain;                                                                        \
        template <class T, class X, class P> INLINE_MEMBER static T formula(X x, [[maybe_unused]] P parameter_name) { __VA_ARGS__; } \
    };
#define ROUNDED_FORM(name, form, parameter_name, parameter_domain, low_end, high_end, at_low_end, at_high_end, ...)                  \
    struct name##_##form {                                                                                                           \
        static constexpr bool exact = false;                                                                                         \
        static constexpr Domain parameter = parameter_domain;                                                                        \
        static constexpr double low = low_end, high = high_end, at_low = at_low_end, at_high = at_high_end;                          \
        template <class T, class X, class P> INLINE_MEMBER static T formula(X x, [[maybe_unused]] P parameter_name) { __VA_ARGS__; } \
    };
#define UNPACKED(...) __VA_ARGS__
#define APPLY(macro, ...) macro(__VA_ARGS__)
#define EXACT(name, p, d, f, f1, f2)                       \
    APPLY(EXACT_FORM, name, value, p, d, UNPACKED f)       \
    APPLY(EXACT_FORM, name, derivative, p, d, UNPACKED f1) \
    APPLY(EXACT_FORM, name, second, p, d, UNPACKED f2)
#define ROUNDED(name, p, d, a, b, f, f1, f2)                       \
    APPLY(ROUNDED_FORM, name, value, p, d, a, b, UNPACKED f)       \
    APPLY(ROUNDED_FORM, name, derivative, p, d, a, b, UNPACKED f1) \
    APPLY(ROUNDED_FORM, name, second, p, d, a, b, UNPACKED f2)
#define ALSO_EXACT(name, p, d, f) APPLY(EXACT_FORM, name, value, p, d, UNPACKED f)
#define ALSO_ROUNDED(name, p, d, a, b, f) APPLY(ROUNDED_FORM, name, value, p, d, a, b, UNPACKED f)
#include "formulas.def"
#undef EXACT
#undef ROUNDED
#undef ALSO_EXACT
#undef ALSO_ROUNDED

template <class Form>
constexpr Kernel kernel(const char* name) {
    return {name, nullptr, inputs<Form>, Form::outputs, "fffff", {loop<Form, Half>(), loop<Form, float>(), loop<Form, double>(), loop<Form, BFloat16>()}};
}

#define ALSO(name) kernel<Value<name##_value>>(#name),
#define FUNCTION(name)                                                                                                                                                                                                                               \
    kernel<Value<name##_value>>(#name), kernel<Value<name##_derivative>>(#name "_derivative"), kernel<Value<name##_second>>(#name "_second_derivative"), kernel<ValueAndDerivative<name##_value, name##_derivative>>(#name "_value_and_derivative"), \
        kernel<Backward<name##_derivative>>(#name "_backward"),
#define EXACT(name, ...) FUNCTION(name)
#define ROUNDED(name, ...) FUNCTION(name)
#define ALSO_EXACT(name, ...) ALSO(name)
#define ALSO_ROUNDED(name, ...) ALSO(name)
constexpr Kernel table[] = {
#include "formulas.def"
    SOFTMAXES};

}  // namespace

Kernels kernels() { return {table, sizeof(table) / sizeof(table[0])}; }

}  // namespace OGIVE_LEVEL
}  // namespace ogive
