// sparsemax and entmax15: ((x_i - theta)/q)^q above a threshold theta where these sum to 1, and 0 below it; q is 1 or 2.
//
// theta is found by Newton's method on the norm of what lies above it, a convex function: every step is a pass over the entries
// within q of the largest, no step goes too far, and the set of entries above settles after a few. With that set, theta is a
// mean (q = 1) or the root of a quadratic (q = 2), from exact sums. Where an entry lies so near the threshold that a Pair cannot
// tell on which side, or not how far, exact numbers decide.
#pragma once

#include "rows.hpp"

// The largest double that is not above a + b, and the number before one.
INLINE double before(double x) { return x == 0 ? -0x1p-1074 : from_bits(bits(x) + (x > 0 ? uint64_t(-1) : 1)); }
INLINE double floor_of(double a, Pair b) {
    Pair s = two_sum(a, b.hi);
    return s.lo + b.lo < 0 ? before(s.hi) : s.hi;
}

// sum u and sum u^2, exactly.
struct Exact {
    Fixed first, second;
};

template <int q, class S>
class Threshold {
    Row<S>& row;
    const double top;
    alignas(64) double listed[2 * KEPT];  // the entries within q of the largest, if there are no more than KEPT
    Index count = 0;
    bool few = true;
    // About the largest entry: u = x - top, over the entries above the cut.
    double cut = 0, margin = 0;
    Pair theta = 0;
    Index above = 0;
    Exact& exact;

    template <class F>
    INLINE_MEMBER void pass(F f) {
        if (few) f(listed, padded(count));
        else
            for (Index start = 0; start < row.n; start += KEPT) {
                const double* x = row.block(start);
                f(x, padded(row.size(start)));
            }
    }
    void list() {
        for (Index start = 0; start < row.n && few; start += KEPT) {
            const double* x = row.block(start);
            for (Index i = 0; i < row.size(start); ++i) listed[count] = x[i], count += x[i] - top >= -q;
            few = count <= KEPT;
        }
        if (few)
            for (Index i = count; i < padded(count); ++i) listed[i] = -INF;
    }
    struct Sums {
        Index above;
        Pair first, second;  // sum u, sum u^2
    };
    template <class T>
    __attribute__((noinline)) Sums sums(Words& words) {
        ExactSum<T> first_sum, second_sum;
        uint64_t total = 0;
        pass([&](const double* x, Index n) {
            uint64_t found = 0;
#pragma GCC ivdep
            for (Index i = 0; i < n; ++i) {
                const bool in = x[i] > cut;
                words.set(i, as(pick(in, two_sum(x[i], -top), Pair(0)), T()));
                found += in;
            }
            total += found;
            first_sum.add(words, n);
            if constexpr (q == 2) {
#pragma GCC ivdep
                for (Index i = 0; i < n; ++i) words.set(i, words.get<T>(i) * words.get<T>(i));
                second_sum.add(words, n);
            }
        });
        return {Index(total), first_sum.total(), second_sum.total()};
    }
    // theta for the entries above the cut, and how near to it a Pair still tells the distance to 2^-62.
    bool solve(const Sums& s) {
        const double k = double(s.above);
        above = s.above;
        if constexpr (q == 1) {
            theta = tight((s.first - 1) / k), margin = 0x1p-33;
            return true;
        } else {
            const Pair discriminant = s.first * s.first - tight(k * (s.second - 4));
            if (!(discriminant.hi > 0)) return false;
            const Pair root = square_root(discriminant);
            theta = tight((s.first - root) / k), margin = 0x1p-34 * k / root.hi;
            return true;
        }
    }
    // Whether entries at c lie below the threshold: what is above c sums to 1 or more.
    bool outside(double c) {
        Fixed sum;
        pass([&](const double* x, Index n) {
            for (Index i = 0; i < n; ++i) {
                if (!(x[i] > c)) continue;
                const Pair u = two_sum(x[i], -c);
                if constexpr (q == 1) sum.add(u.hi), sum.add(u.lo);
                else sum.add_product(u.hi, u.hi), sum.add_product(u.hi, 2 * u.lo), sum.add_product(u.lo, u.lo);
            }
        });
        sum.add(-q * q);
        return !(sum.total().hi < 0);
    }
    // The cut, exactly: halve the doubles between one that is outside and one that is not until no entry is left in between.
    void search(double low, double high) {
        auto place = [](double x) { return int64_t(bits(x)) < 0 ? -int64_t(bits(x) & 0x7fffffffffffffff) : int64_t(bits(x)); };
        auto number = [](int64_t n) { return n < 0 ? -from_bits(uint64_t(-n)) : from_bits(uint64_t(n)); };
        for (;;) {
            const double middle = number(int64_t((static_cast<__int128>(place(low)) + place(high)) >> 1));
            double below = -INF, beyond = INF;
            pass([&](const double* x, Index n) {
                for (Index i = 0; i < n; ++i) {
                    below = pick((x[i] > low) & (x[i] <= middle) & (x[i] > below), x[i], below);
                    beyond = pick((x[i] < high) & (x[i] > middle) & (x[i] < beyond), x[i], beyond);
                }
            });
            if (below > -INF) outside(below) ? low = middle : high = below;
            else if (beyond < INF) outside(beyond) ? low = beyond : high = beyond;
            else break;
        }
        cut = low;
    }

  public:
    static constexpr bool shares = false;
    const Pair factor = 1.0 / q;
    bool close = false;  // whether an entry is as near as the margin

    Threshold(Row<S>& r, double largest, Words& words, Exact& e) : row(r), top(largest), exact(e) {
        list();
        const double lowest = floor_of(top, Pair(-q));
        cut = lowest;
        double d = -q;
        Index before_this = -1;
        bool settled = false;
        for (int step = 0; step < 100; ++step) {
            const Sums s = sums<double>(words);
            if (s.above == before_this) {
                settled = true;
                break;
            }
            before_this = s.above;
            const double k = double(s.above), slope = s.first.hi - d * k;
            if constexpr (q == 1) d = (s.first.hi - 1) / k;
            else {
                const double norm = __builtin_sqrt(fma(d, fma(d, k, -2 * s.first.hi), s.second.hi));
                d += (norm - 2) * norm / slope;
            }
            cut = floor_of(top, d);
        }
        settled = settled && solve(sums<Pair>(words));
        if (settled) {
            cut = floor_of(top, theta);
            uint64_t found = 0, near = 0;
            pass([&](const double* x, Index n) {
                for (Index i = 0; i < n; ++i) {
                    const Pair t = two_sum(x[i], -top) - theta;
                    found += x[i] > cut, near |= abs(t.hi) < 2 * margin;
                }
            });
            if (Index(found) != above) search(lowest, top);
            else if (near) search(floor_of(top, theta - 2 * margin), -floor_of(-top, -(theta + 2 * margin)));
            else return;
        } else search(lowest, top);
        solve(sums<Pair>(words));
        close = true, exact = Exact();
        pass([&](const double* x, Index n) {
            for (Index i = 0; i < n; ++i) {
                if (!in(x[i])) continue;
                const Pair u = two_sum(x[i], -top);
                exact.first.add(u.hi), exact.first.add(u.lo);
                if constexpr (q == 2) exact.second.add_product(u.hi, u.hi), exact.second.add_product(u.hi, 2 * u.lo), exact.second.add_product(u.lo, u.lo);
            }
        });
    }

    bool vanishing() const { return q == 2 && close; }
    // x - theta for an entry above the cut: as a Pair, and exactly, from what the others have above it.
    INLINE_MEMBER Pair height(double x) const { return tight(difference(two_sum(x, -top), theta)); }
    INLINE_MEMBER bool in(double x) const { return x > cut; }
    INLINE_MEMBER bool near(Pair t) const { return close & (t.hi < margin); }
    Wide exact_height(double x) const {
        // rest = sum (u_j - u), missing = q^q - sum (u_j - u)^q
        const Pair u = two_sum(x, -top);
        const double k = double(above);
        Fixed rest = exact.first, missing;
        rest.add_product(-k, u.hi), rest.add_product(-k, u.lo);
        missing.add(q * q);
        if constexpr (q == 1) {
            missing.add_product(rest, -1);
            return missing.total() / Wide(k);
        } else {
            Fixed both = rest;
            both.add_product(exact.first, 1);
            missing.add_product(exact.second, -1), missing.add_product(both, u.hi), missing.add_product(both, u.lo);
            const Wide e = missing.total(), b = rest.total();
            return e / (b + square_root(b * b + Wide(k) * e));
        }
    }

    // ((x - theta)/q)^q
    static INLINE_MEMBER Pair power(Pair t) {
        if constexpr (q == 1) return t;
        else return scaled(t * t, 0.25);
    }
    static Wide power(Wide t) {
        if constexpr (q == 1) return t;
        else return t * t * Wide(0.25);
    }

    // The weights of the gradient: the slope of the power, but for a factor.
    void block(const double* x, Index n, Words& w) const {
#pragma GCC ivdep
        for (Index i = 0; i < n; ++i) w.set(i, pick(in(x[i]), q == 1 ? Pair(1) : height(x[i]), Pair(0)));
        if (q == 2 && close)
            for (Index i = 0; i < n; ++i)
                if (in(x[i]) && near(w.get<Pair>(i))) {
                    const Wide t = exact_height(x[i]);
                    w.set(i, t.e < -960 ? Pair(0x1p-1000) : pair_of(t));
                }
    }
    Wide wide(Index i) const {
        if (!row.takes(i) || !in(row[i])) return 0;
        if (q == 1) return 1;
        const Pair t = height(row[i]);
        return near(t) ? exact_height(row[i]) : Wide(t.hi, t.lo);
    }
};

template <int q, class S>
static void sparse_loop(char** args, Index const* dimensions, Index const* steps) {
    Environment environment;
    const Index n = dimensions[1], y_step = steps[6];
    Row<S> row;
    Words words;
    Exact exact;
    alignas(64) double r[KEPT];
    for (Index j = 0; j < dimensions[0]; ++j) {
        row.open(args[0] + j * steps[0], steps[4], args[1] + j * steps[1], steps[5], n);
        const double mass = decoded(element<S>(args[2], j, steps[2]));
        char* y = args[3] + j * steps[3];
        const Survey s = survey<false>(row);
        if (!s.finite()) {
            for (Index i = 0; i < n; ++i) store<S>(y, i, y_step, degenerate(row, s, mass, i));
            continue;
        }
        Threshold<q, S> threshold(row, s.top, words, exact);
        for (Index start = 0; start < n; start += KEPT) {
            const Index m = row.size(start);
            const double* x = row.block(start);
#pragma GCC ivdep
            for (Index i = 0; i < m; ++i) r[i] = pick(threshold.in(x[i]), rounded(threshold.power(threshold.height(x[i]))), 0.0);
            store_block<S>(r, y + start * y_step, y_step, m);
            if (__builtin_expect(threshold.close, 0))
                for (Index i = 0; i < m; ++i)
                    if (threshold.in(x[i]) && threshold.near(threshold.height(x[i]))) store_wide<S>(y, start + i, y_step, threshold.power(threshold.exact_height(x[i])));
        }
    }
}

template <int q, class S>
static void sparse_backward_loop(char** args, Index const* dimensions, Index const* steps) {
    Environment environment;
    const Index n = dimensions[1];
    Row<S> row;
    Buffers buffers;
    Exact exact;
    for (Index j = 0; j < dimensions[0]; ++j) {
        const Gradient<S> gradient{args[0] + j * steps[0], args[3] + j * steps[3], steps[4], steps[7]};
        row.open(args[1] + j * steps[1], steps[5], args[2] + j * steps[2], steps[6], n);
        const Survey s = survey(row);
        if (s.nan || s.top == -INF) gradient.refuse(row, s.nan);
        else if (s.top == INF) {
            const double k = double(s.infinite);
            const Shares<S> shares{row, q == 1 ? Pair(1) : 1.0 / square_root(Pair(k))};
            project<Pair>(row, s, shares, gradient, buffers);
        } else {
            const Threshold<q, S> threshold(row, s.top, buffers.weights, exact);
            project<Pair>(row, s, threshold, gradient, buffers);
        }
    }
}

template <class S> static void sparsemax_loop(char** args, Index const* dimensions, Index const* steps, void*) { sparse_loop<1, S>(args, dimensions, steps); }
template <class S> static void entmax15_loop(char** args, Index const* dimensions, Index const* steps, void*) { sparse_loop<2, S>(args, dimensions, steps); }
template <class S> static void sparsemax_backward_loop(char** args, Index const* dimensions, Index const* steps, void*) { sparse_backward_loop<1, S>(args, dimensions, steps); }
template <class S> static void entmax15_backward_loop(char** args, Index const* dimensions, Index const* steps, void*) { sparse_backward_loop<2, S>(args, dimensions, steps); }
