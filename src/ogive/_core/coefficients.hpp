// The constants of the machine. Written by tools/coefficients.py: do not edit.
#pragma once

constexpr double LOG2_E = 0x1.71547652b82fep+0;  // log2 e
constexpr double LN2 = 0x1.62e42fefa39efp-1;  // log 2
constexpr double LN2_HIGH = 0x1.62e42fefa4000p-1;  // log 2, leading 40 bits
constexpr double LN2_MIDDLE = -0x1.8432a1b0e2634p-43;  // log 2 - LN2_HIGH
constexpr double LN2_LOW = 0x1.f97b57a079a19p-103;  // log 2 - LN2_HIGH - LN2_MIDDLE

// (e^r - 1 - r)/r^2 on |r| <= log(2)/2, relative to e^r - 1; error 2^-43.49
constexpr double EXPM1[] = {0x1.fffffffff7a1bp-2, 0x1.5555555567840p-3, 0x1.555555736df49p-5, 0x1.111110e054374p-7, 0x1.6c164f1f17f47p-10, 0x1.a01a7fa37a7f3p-13, 0x1.a15931f497788p-16, 0x1.71e76824a12ebp-19};
// (e^r - 1 - r - r^2/2)/r^3 on |r| <= log(2)/2, relative to e^r - 1; error 2^-61.66
constexpr double EXPM1_PAIR[] = {0x1.5555555555559p-3, 0x1.5555555555548p-5, 0x1.111111110f79cp-7, 0x1.6c16c16c1cedfp-10, 0x1.a01a01af9893ep-13, 0x1.a01a01827b597p-16, 0x1.71ddf8f4c21c1p-19, 0x1.27e52c1ce83b9p-22, 0x1.af5dd0ba431d0p-26, 0x1.1ef40f207be4cp-29};
// (atanh(s)/s - 1)/s^2 in s^2 on |s| <= 1/5, relative to atanh; error 2^-49.03
constexpr double ATANH[] = {0x1.5555555549920p-2, 0x1.999999c5cee03p-3, 0x1.24922d832d06cp-3, 0x1.c72c49a67f448p-4, 0x1.72140b5cb6015p-4, 0x1.6413609cfa3bbp-4};
// (atanh(s)/s - 1)/s^2 in s^2 on |s| <= 1/5, relative to atanh; error 2^-62.61
constexpr double ATANH_PAIR[] = {0x1.555555555554fp-2, 0x1.999999999c1efp-3, 0x1.24924921dbfe3p-3, 0x1.c71c7497b87cfp-4, 0x1.745c48e80db4ep-4, 0x1.3b360247e505fp-4, 0x1.0dc7355dd99fep-4, 0x1.1b9f8e464656ep-4};

// the root of silu′ in three doubles, and the quotient by (x - root) around it
constexpr double SILU_1_ROOT[] = {-0x1.474973c84120bp+0, -0x1.f8d74bc9ac154p-54, -0x1.44a50180ba780p-108};
constexpr double SILU_1_SLOPE[] = {0x1.be1410460527fp-3, -0x1.2541062177473p-58};
constexpr double SILU_1_BEND[] = {0x1.2c563458cc0adp-3, -0x1.ae4095936c303p-57};
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 1/4, relative to f; error 2^-60.13
constexpr double SILU_1_REST[] = {0x1.353eb573ca463p-6, -0x1.f2d0e32bc2cb2p-7, -0x1.b0f82c4993b0dp-8, 0x1.098e92c1f4c1ap-13, 0x1.a2a7cafded549p-11, 0x1.8574cef2db2b0p-13, -0x1.5723b4d74d9f5p-15, -0x1.f2d68988a920fp-16, -0x1.8ab9683725c1ep-19, 0x1.3a0610e7627afp-19, 0x1.c2e7a188286f9p-21};
// the root of silu″ in three doubles, and the quotient by (x - root) around it
constexpr double SILU_2_ROOT[] = {0x1.331e23ad9de11p+1, 0x1.a9c55ef03c74ap-53, 0x1.672af2735d856p-110};
constexpr double SILU_2_SLOPE[] = {-0x1.76e8b4eb0ea41p-4, 0x1.70c4911c32fadp-58};
constexpr double SILU_2_BEND[] = {0x1.388203715b23ep-4, 0x1.17a8829cf57fep-60};
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 1/4, relative to f; error 2^-60.87
constexpr double SILU_2_REST[] = {-0x1.706e66bf36036p-6, -0x1.e178d8d239775p-10, 0x1.fa4e9f742ca56p-9, -0x1.662f848d29375p-10, 0x1.e2e4a6857f21fp-14, 0x1.94804b3fa24f4p-14, -0x1.8e0bbe2bb49aap-15, 0x1.1af298d324212p-17, 0x1.4ea5cf160e238p-20, -0x1.4005397f82f55p-20, 0x1.4be05f9093849p-22};
