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

// Parameters in the sheet: names and domains.
#define TAKES_NOTHING nothing, NONE, nothing_more, NONE
#define TAKES(name, domain) name, domain, nothing_more, NONE
#define TAKES_TWO(name, domain, other, other_domain) name, domain, other, other_domain

// A form of a row: its ends and its formula. A form without a card may have a domain that depends on its parameters.
#define FORM(kind, also, name, form, p_name, p_domain, q_name, q_domain, low_end, high_end, at_low_end, at_high_end, ...)                                        \
    struct name##_##form {                                                                                                                                       \
        static constexpr bool exact = kind == IS_EXACT, once = kind == IS_ONCE, tabled = kind == IS_TABLED, partial = also && p_domain != NONE;                  \
        static constexpr Domain first = p_domain, second = q_domain;                                                                                             \
        static constexpr double low = low_end, high = high_end, at_low = at_low_end, at_high = at_high_end;                                                      \
        template <class T, class X, class P, class Q> INLINE_MEMBER static T formula(X x, [[maybe_unused]] P p_name, [[maybe_unused]] Q q_name) { __VA_ARGS__; } \
    };                                                                                                                                                           \
    constexpr Rule name##_##form##_rule = rule<name##_##form>();
enum Kind { IS_EXACT, IS_ROUNDED, IS_ONCE, IS_TABLED };
#define UNPACKED(...) __VA_ARGS__
#define APPLY(macro, ...) macro(__VA_ARGS__)
#define EXACT_FORM(also, name, form, p, p_domain, q, q_domain, ...) FORM(IS_EXACT, also, name, form, p, p_domain, q, q_domain, -INF, INF, NATURAL, NATURAL, __VA_ARGS__)
#define THREE_FORMS(kind, name, p, p_domain, q, q_domain, low, high, f, f1, f2)                  \
    APPLY(FORM, kind, false, name, value, p, p_domain, q, q_domain, low, high, UNPACKED f)       \
    APPLY(FORM, kind, false, name, derivative, p, p_domain, q, q_domain, low, high, UNPACKED f1) \
    APPLY(FORM, kind, false, name, second_derivative, p, p_domain, q, q_domain, low, high, UNPACKED f2)
#define EXACT(name, parameters, f, f1, f2)                              \
    APPLY(EXACT_FORM, false, name, value, parameters, UNPACKED f)       \
    APPLY(EXACT_FORM, false, name, derivative, parameters, UNPACKED f1) \
    APPLY(EXACT_FORM, false, name, second_derivative, parameters, UNPACKED f2)
#define ROUNDED(...) THREE_FORMS(IS_ROUNDED, __VA_ARGS__)
#define ONCE(...) THREE_FORMS(IS_ONCE, __VA_ARGS__)
#define TABLED(...) THREE_FORMS(IS_TABLED, __VA_ARGS__)
#define ALSO_EXACT(name, parameters, f) APPLY(EXACT_FORM, true, name, value, parameters, UNPACKED f)
#define ALSO_ROUNDED(name, parameters, low, high, f) APPLY(FORM, IS_ROUNDED, true, name, value, parameters, low, high, UNPACKED f)
#define ALSO_ONCE(name, parameters, low, high, f) APPLY(FORM, IS_ONCE, true, name, value, parameters, low, high, UNPACKED f)
#define ALSO_TABLED(name, parameters, low, high, f) APPLY(FORM, IS_TABLED, true, name, value, parameters, low, high, UNPACKED f)
#include "formulas.def"
#undef EXACT
#undef ROUNDED
#undef ONCE
#undef TABLED
#undef ALSO_EXACT
#undef ALSO_ROUNDED
#undef ALSO_ONCE
#undef ALSO_TABLED

#define ALSO(name) constexpr Job name##_job = {&name##_value_rule, nullptr, false};
#define FUNCTION(name)                                                                                                                                                \
    ALSO(name)                                                                                                                                                        \
    constexpr Job name##_derivative_job = {&name##_derivative_rule, nullptr, false}, name##_second_derivative_job = {&name##_second_derivative_rule, nullptr, false}, \
                  name##_value_and_derivative_job = {&name##_value_rule, &name##_derivative_rule, false}, name##_backward_job = {&name##_derivative_rule, nullptr, true};
#define EXACT(name, ...) FUNCTION(name)
#define ROUNDED(name, ...) FUNCTION(name)
#define ONCE(name, ...) FUNCTION(name)
#define TABLED(name, ...) FUNCTION(name)
#define ALSO_EXACT(name, ...) ALSO(name)
#define ALSO_ROUNDED(name, ...) ALSO(name)
#define ALSO_ONCE(name, ...) ALSO(name)
#define ALSO_TABLED(name, ...) ALSO(name)
#include "formulas.def"
#undef FUNCTION
#undef ALSO

constexpr Kernel kernel(const char* name, const Job& job) {
    return {name, nullptr, 1 + job.backward + job.rule->count, 1 + (job.second != nullptr), "ffffff", {elementwise<Half>, elementwise<float>, elementwise<double>, elementwise<BFloat16>}, &job};
}
#define ALSO(name) kernel(#name, name##_job),
#define FUNCTION(name) ALSO(name) ALSO(name##_derivative) ALSO(name##_second_derivative) ALSO(name##_value_and_derivative) ALSO(name##_backward)
constexpr Kernel table[] = {
#include "formulas.def"
    SOFTMAXES};

}  // namespace

Kernels kernels() { return {table, sizeof(table) / sizeof(table[0])}; }

}  // namespace OGIVE_LEVEL
}  // namespace ogive
