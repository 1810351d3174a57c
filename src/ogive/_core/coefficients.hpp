// The constants of the machine. Written by tools/coefficients.py: do not edit.
#pragma once

template <int n>
struct Root {
    double reach, root[3], slope[2], bend[2], rest[n];
};

constexpr double LOG2_E = 0x1.71547652b82fep+0;  // log2 e
constexpr double LN2 = 0x1.62e42fefa39efp-1;  // log 2
constexpr double LN2_HIGH = 0x1.62e42fefa4000p-1;  // log 2, leading 40 bits
constexpr double LN2_MIDDLE = -0x1.8432a1b0e2634p-43;  // log 2 - LN2_HIGH
constexpr double LN2_LOW = 0x1.f97b57a079a19p-103;  // log 2 - LN2_HIGH - LN2_MIDDLE

// (e^r - 1 - r)/r^2 on |r| <= log(2)/2, relative to e^r - 1; error 2^-43.49
constexpr double EXPM1[] = {0x1.fffffffff7a1bp-2, 0x1.5555555567840p-3, 0x1.555555736df49p-5, 0x1.111110e054374p-7, 0x1.6c164f1f17f47p-10, 0x1.a01a7fa37a7f3p-13, 0x1.a15931f497788p-16, 0x1.71e76824a12ebp-19};
// (e^r - 1 - r - r^2/2)/r^3 on |r| <= log(2)/2, relative to e^r - 1; error 2^-61.66
constexpr double EXPM1_PAIR[] = {0x1.5555555555559p-3, 0x1.5555555555548p-5, 0x1.111111110f79cp-7, 0x1.6c16c16c1cedfp-10, 0x1.a01a01af9893ep-13, 0x1.a01a01827b597p-16, 0x1.71ddf8f4c21c1p-19, 0x1.27e52c1ce83b9p-22, 0x1.af5dd0ba431d0p-26, 0x1.1ef40f207be4cp-29};
// (e^r - 1 - r)/r^2 on |r| <= log(2)/2, relative to e^r - 1; error 2^-74.5; the first 4 in two doubles each, the first of these of 45 bits
constexpr double EXPM1_FINE_HEAD[][2] = {{0x1.0000000000000p-1, -0x1.619d509a90875p-73}, {0x1.5555555555500p-3, 0x1.55549fb41b5cdp-49}, {0x1.5555555555500p-5, 0x1.555b0bc803eefp-51}, {0x1.1111111111100p-7, 0x1.2dbc4449f0801p-55}};
constexpr double EXPM1_FINE_TAIL[] = {0x1.6c16c16c16c0bp-10, 0x1.a01a01a0187ffp-13, 0x1.a01a01a01f41ap-16, 0x1.71de3a5ebdd0bp-19, 0x1.27e4fb66f6ce2p-22, 0x1.ae641c3cbd11cp-26, 0x1.1eedb97ca3113p-29, 0x1.61d7878a0e67bp-33, 0x1.93915bce22143p-37};
// (atanh(s)/s - 1)/s^2 in s^2 on |s| <= 1/5, relative to atanh; error 2^-49.03
constexpr double ATANH[] = {0x1.5555555549920p-2, 0x1.999999c5cee03p-3, 0x1.24922d832d06cp-3, 0x1.c72c49a67f448p-4, 0x1.72140b5cb6015p-4, 0x1.6413609cfa3bbp-4};
// (atanh(s)/s - 1)/s^2 in s^2 on |s| <= 1/5, relative to atanh; error 2^-62.61
constexpr double ATANH_PAIR[] = {0x1.555555555554fp-2, 0x1.999999999c1efp-3, 0x1.24924921dbfe3p-3, 0x1.c71c7497b87cfp-4, 0x1.745c48e80db4ep-4, 0x1.3b360247e505fp-4, 0x1.0dc7355dd99fep-4, 0x1.1b9f8e464656ep-4};

constexpr double LOG_2[] = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56, 0x1.7b57a079a1934p-111};  // log 2, in three doubles
constexpr double PI[] = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53, -0x1.f1976b7ed8fbcp-109};  // pi, in three doubles
constexpr double INVERSE_PI[] = {0x1.45f306dc9c883p-2, -0x1.6b01ec5417056p-56, -0x1.6447e493ad4cep-110};  // 1/pi, in three doubles
constexpr double HALF_PI[] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110};  // pi/2, in three doubles
constexpr double QUARTER_PI[] = {0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55, -0x1.f1976b7ed8fbcp-111};  // pi/4, in three doubles
constexpr double TWO_OVER_PI[] = {0x1.45f306dc9c883p-1, -0x1.6b01ec5417056p-55, -0x1.6447e493ad4cep-109};  // 2/pi, in three doubles
constexpr double SQRT_HALF[] = {0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55, 0x1.57d3e3adec175p-109};  // sqrt(1/2), in three doubles
constexpr double SQRT_HALF_PI[] = {0x1.40d931ff62706p+0, -0x1.a6a0d6f814637p-54, -0x1.311d073060acep-108};  // sqrt(pi/2), in three doubles
constexpr double SQRT_TWO_PI[] = {0x1.40d931ff62706p+1, -0x1.a6a0d6f814637p-53, -0x1.311d073060acep-107};  // sqrt(2 pi), in three doubles
constexpr double NORMAL_PEAK[] = {0x1.9884533d43651p-2, -0x1.cbc0d30ebfd15p-56, -0x1.c7402c7d60cfbp-112};  // 1/sqrt(2 pi), in three doubles
constexpr double TWO_OVER_SQRT_PI[] = {0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56, -0x1.3cbbebf65f145p-111};  // 2/sqrt(pi), in three doubles
constexpr double SELU_SCALE[] = {0x1.0cfabd6a91132p+0, 0x1.6fc7d272f2696p-55, 0x1.8d679cf9ec387p-110};  // lambda of selu, from its closed form (Klambauer et al. 2017), in three doubles
constexpr double SELU_SCALE_ALPHA[] = {0x1.c212cc640f031p+0, 0x1.05161b045a1f1p-56, -0x1.250440954f076p-110};  // lambda alpha of selu, in three doubles
constexpr double GELU_TANH_LINEAR[] = {0x1.9884533d43651p+0, -0x1.cbc0d30ebfd15p-54, -0x1.c7402c7d60cfbp-110};  // 2 sqrt(2/pi), in three doubles
constexpr double GELU_TANH_CUBIC[] = {0x1.2444f2a4d8b4bp-4, -0x1.6c843a29d1c70p-61, -0x1.e59a5ef3f43e4p-115};  // 2 sqrt(2/pi) 0.044715, in three doubles
constexpr double QUICK_GELU_BETA[] = {0x1.b3b645a1cac08p+0, 0x1.89374bc6a7efap-55, -0x1.26e978d4fdf3bp-110};  // 1.702, in three doubles
constexpr double LECUN_SCALE[] = {0x1.b74538ef34d6ap+0, 0x1.61e4f765fd8aep-56, -0x1.5182a9930be0ep-110};  // 1.7159, in three doubles

// (atan(s)/s - 1)/s^2 in s^2 on |s| <= tan(pi/8), relative to atan; error 2^-49.82
constexpr double ATAN[] = {-0x1.5555555552bf9p-2, 0x1.999999945e358p-3, -0x1.24924765d3803p-3, 0x1.c71be1d61822ep-4, -0x1.7450065ec0f3ap-4, 0x1.3a5bb72385c3ap-4, -0x1.0ac2310d6b5c6p-4, 0x1.9d3facf4fa5d5p-5, -0x1.a2cfdefac0d30p-6};
// (atan(s)/s - 1)/s^2 in s^2 on |s| <= tan(pi/8), relative to atan; error 2^-64.1; the first 1 in two doubles each, the first of these of 45 bits
constexpr double ATAN_PAIR_HEAD[][2] = {{-0x1.5555555555500p-2, -0x1.5335d35ff926fp-48}};
constexpr double ATAN_PAIR_TAIL[] = {0x1.9999999999758p-3, -0x1.249249247bc53p-3, 0x1.c71c71b9cce1bp-4, -0x1.745d1505f3803p-4, 0x1.3b1373fce6537p-4, -0x1.110cbe334890ap-4, 0x1.e177246b43394p-5, -0x1.ab9b596f8fbfep-5, 0x1.715bbed8ac70dp-5, -0x1.1323a399ea57fp-5, 0x1.f55d856c57bbap-7};
// (sin(v)/v - 1)/v^2 in v^2 on |v| <= pi/4, relative to sin; error 2^-47.58
constexpr double SIN[] = {-0x1.55555555523c6p-3, 0x1.1111110c9ec17p-7, -0x1.a019f9554c405p-13, 0x1.71d77a1b5a9f2p-19, -0x1.a965d21d2822fp-26};
// (sin(v)/v - 1)/v^2 in v^2 on |v| <= pi/4, relative to sin; error 2^-68.8; the first 1 in two doubles each, the first of these of 45 bits
constexpr double SIN_PAIR_HEAD[][2] = {{-0x1.5555555555500p-3, -0x1.554be71b954d7p-49}};
constexpr double SIN_PAIR_TAIL[] = {0x1.111111111110bp-7, -0x1.a01a01a018acep-13, 0x1.71de3a5337a14p-19, -0x1.ae645295db98fp-26, 0x1.61209122c8862p-33, -0x1.aaa47afe24711p-41};
// (cos(v) - 1 + v^2/2)/v^4 in v^2 on |v| <= pi/4; error 2^-52.95
constexpr double COS[] = {0x1.555555555445dp-5, -0x1.6c16c16902d0ap-10, 0x1.a019fc25521a7p-16, -0x1.27e0c00364f2cp-22, 0x1.1bf257ef13883p-29};
// (cos(v) - 1 + v^2/2)/v^4 in v^2 on |v| <= pi/4; error 2^-63.57; the first 1 in two doubles each, the first of these of 45 bits
constexpr double COS_PAIR_HEAD[][2] = {{0x1.5555555555500p-5, 0x1.4a4650e47ad17p-51}};
constexpr double COS_PAIR_TAIL[] = {-0x1.6c16c16c15e4bp-10, 0x1.a01a019dcb5d8p-16, -0x1.27e4f8c0c0b54p-22, 0x1.1eea5d4001d63p-29, -0x1.8fe4beb87f1f8p-37};

// (x - tanh x)/x^3 in x^2 on |x| <= 0.7, relative; error 2^-43.68
constexpr double TANH_SHRINK[] = {0x1.55555555553abp-2, -0x1.11111110bbecfp-3, 0x1.ba1ba16010775p-5, -0x1.664f35f5cc188p-6, 0x1.226c41c4aee0ep-7, -0x1.d696f88a533c1p-9, 0x1.7b5b0c9e26f75p-10, -0x1.277f2a6551c43p-11, 0x1.8bcdf72dc45e6p-13, -0x1.41f098e550eacp-15};
// (x - tanh x)/x^3 in x^2 on |x| <= 0.7, relative; error 2^-70.47; the first 3 in two doubles each, the first of these of 45 bits
constexpr double TANH_SHRINK_PAIR_HEAD[][2] = {{0x1.5555555555500p-2, 0x1.5555545f1c267p-48}, {-0x1.1111111111100p-3, -0x1.10f1a3a9d8dffp-51}, {0x1.ba1ba1ba1ba00p-5, 0x1.64c3cffdaff64p-53}};
constexpr double TANH_SHRINK_PAIR_TAIL[] = {-0x1.664f4882c0e1cp-6, 0x1.226e355e5f2a8p-7, -0x1.d6d3d0dce5eb2p-9, 0x1.7da363d278c72p-10, -0x1.35581a7cb8fc1p-11, 0x1.f57c586d7aedbp-13, -0x1.96725d1f4db82p-14, 0x1.4922abe06127bp-15, -0x1.0908f469f005ep-16, 0x1.9fab147f7e1a6p-18, -0x1.2993b490002f6p-19, 0x1.4e916603f84c3p-21, -0x1.a2fe13ca8930dp-24};
// 1 - E/(1 - e^-E) = -(E/2 + E^2 sum B_2k E^(2k-2)/(2k)!)
constexpr double BERNOULLI[] = {0x1.5555555555555p-4, -0x1.6c16c16c16c17p-10, 0x1.1566abc011567p-15, -0x1.bbd779334ef0bp-21, 0x1.66a8f2bf70ebep-26, -0x1.22805d644267fp-31, 0x1.d6db2c4e09162p-37, -0x1.7da4e1f79955cp-42};

// Mills' ratio Phi(-z)/phi(z) times z + 4, in (z - 4)/(z + 4), z >= 0; error 2^-43.61
constexpr double MILLS[] = {0x1.e4aa012912b90p+0, -0x1.8615d9b49028fp+0, 0x1.f0d9856bf7faap-1, -0x1.dec30ee7df5f7p-2, 0x1.360ce247cef8ap-3, -0x1.35aa3ace704b6p-6, -0x1.1dcfd8faae55bp-7, 0x1.0be696b72c253p-8, 0x1.5e6e54cf39824p-12, -0x1.2faab4a605e70p-11, -0x1.3642a191feb0fp-18, 0x1.70ad67ff5f689p-14, 0x1.89a08f12887f6p-20, -0x1.e717912146debp-17, -0x1.34a95d44f7155p-20, 0x1.2d3feeeff772fp-19, 0x1.63c6d52e6a028p-22, -0x1.db7d8a0e57b8dp-23, -0x1.55025d0b61e97p-25};
// Mills' ratio Phi(-z)/phi(z) times z + 4, in (z - 4)/(z + 4), z >= 0; error 2^-63.81; the first 5 in two doubles each, the first of these of 45 bits
constexpr double MILLS_PAIR_HEAD[][2] = {{0x1.e4aa012912e00p+0, -0x1.0eaba7e3e45fbp-47}, {-0x1.8615d9b491600p+0, -0x1.722851c4e0dddp-46}, {0x1.f0d9856bc3b00p-1, 0x1.67b1b933ddf2fp-51}, {-0x1.dec30ee679400p-2, 0x1.b04b91bf1fcfep-50}, {0x1.360ce26020d00p-3, 0x1.29697abd6aa3ep-50}};
constexpr double MILLS_PAIR_TAIL[] = {-0x1.35aa3c94ba994p-6, -0x1.1dcfea7a402b4p-7, 0x1.0be6d65cbd4d7p-8, 0x1.5e7b1c3e0b6abp-12, -0x1.2fb42f408d08ep-11, -0x1.4101bf8a687d4p-18, 0x1.717f09beea3e6p-14, 0x1.e2588f21fb7adp-20, -0x1.f1f3238cae685p-17, -0x1.a82cd20148b0bp-20, 0x1.57cab3f350d8ep-19, 0x1.702d56a0726e1p-21, -0x1.a1c952df0a9c3p-22, -0x1.dbea7a2cddcf0p-23, 0x1.17bdce6207302p-25, 0x1.ec38bd1603de7p-25, 0x1.edaa800cd7062p-28, -0x1.8b14464c4039cp-27, -0x1.1f6dc5872f5ecp-28, 0x1.b7eac7b465322p-30, 0x1.0b959d2720a6cp-30, -0x1.fa040a275f351p-34, -0x1.b978ac7ed16eep-34};
// h (h - z) with h = phi(z)/Phi(-z), in (z - 4)/(z + 4), z >= 0; error 2^-46.27
constexpr double HAZARD[] = {0x1.e81a7f6af16f5p-1, 0x1.248eea56900dcp-3, -0x1.4a76f888400eap-3, 0x1.1686edbaa3589p-4, 0x1.80945c8e65b16p-6, -0x1.46faf9b0c2b4ap-5, 0x1.08b53c56e38eap-7, 0x1.b4895e5bc2e9cp-7, -0x1.08437ca5a4662p-7, -0x1.6a6a77906718cp-9, 0x1.05a7dbee1170cp-8, 0x1.e411759e1bba1p-20, -0x1.8a5ebe2f35a2ep-10, 0x1.630529b71d5fcp-12, 0x1.e8917521ba05dp-12, -0x1.b1df1b5fd4583p-13, -0x1.f15ba6136f966p-14, 0x1.63b1741ec9781p-14, 0x1.89fb77bc1fb06p-16, -0x1.b3b6e3ad5f8f9p-16, -0x1.a9f3926f94a57p-19, 0x1.6e3524704ca5ep-18, 0x1.c77c6a2a68edfp-23, -0x1.390349aec6d9fp-21};
// h (h - z) with h = phi(z)/Phi(-z), in (z - 4)/(z + 4), z >= 0; error 2^-63.28; the first 5 in two doubles each, the first of these of 45 bits
constexpr double HAZARD_PAIR_HEAD[][2] = {{0x1.e81a7f6af1700p-1, 0x1.40f6e295cc2f2p-48}, {0x1.248eea5692300p-3, -0x1.7c3855400f191p-51}, {-0x1.4a76f8884f500p-3, -0x1.885b78c2ccd81p-49}, {0x1.1686edb8e7200p-4, 0x1.8996c836e8167p-53}, {0x1.80945ca6a2b00p-6, 0x1.13a4e6cce4352p-53}};
constexpr double HAZARD_PAIR_TAIL[] = {-0x1.46faf9454f05cp-5, 0x1.08b5388c0773ap-7, 0x1.b4894631d40b0p-7, -0x1.08435501e3b4bp-7, -0x1.6a676a39135b2p-9, 0x1.05a5ec0c0586fp-8, 0x1.698b4297e7f4bp-20, -0x1.8a3f659575335p-10, 0x1.649935118c0cbp-12, 0x1.e7399adaa70d2p-12, -0x1.b8ee13f6354f9p-13, -0x1.e7151592e49fcp-14, 0x1.795f66dcc0899p-14, 0x1.52405dd318fb4p-16, -0x1.0769bf325229dp-15, 0x1.9aff2d02cba87p-25, 0x1.373f02725a7bbp-17, -0x1.1122f00df8a41p-19, -0x1.34ce2d9bb050ep-19, 0x1.30ddd37cdd5b3p-20, 0x1.ebe89a70b6a0fp-22, -0x1.c29dc9995afa9p-22, -0x1.1d5993feac079p-24, 0x1.e1fa8ef2a370fp-24, 0x1.87d2fc4bc1fc0p-28, -0x1.55331cfbc971ep-26, -0x1.5154a909a82d1p-33, 0x1.de0e4de4706d2p-30};
// (Phi(x) - 1/2)/x in x^2 on |x| <= 0.72; error 2^-42.91
constexpr double NORMAL_MIDDLE[] = {0x1.9884533d432eep-2, -0x1.1058377d8e81fp-4, 0x1.46d041ffb03f3p-7, -0x1.374008c7fac62p-10, 0x1.e41840b1ef4d0p-14, -0x1.3b3de15828751p-17, 0x1.3f89c75ea41b5p-21};
// (Phi(x) - 1/2)/x in x^2 on |x| <= 0.72; error 2^-64.73; the first 2 in two doubles each, the first of these of 45 bits
constexpr double NORMAL_MIDDLE_PAIR_HEAD[][2] = {{0x1.9884533d43600p-2, 0x1.42340183aab3dp-48}, {-0x1.1058377e2cf00p-4, 0x1.ffe0f42b015c9p-52}};
constexpr double NORMAL_MIDDLE_PAIR_TAIL[] = {0x1.46d0429769124p-7, -0x1.37403f6b98586p-10, 0x1.e42b0d4b4a90ep-14, -0x1.3ce8f93b0f3bep-17, 0x1.6589b6b7f6379p-21, -0x1.62104d15a6482p-25, 0x1.369b0f42d24b7p-29, -0x1.b9f70a1a9c993p-34};
// x/q in q^2 with Phi(x) = 1/2 + q, |q| <= 1/4: where the correction starts; error 2^-22.14
constexpr double QUANTILE_MIDDLE[] = {0x1.40d9368a86d66p+1, 0x1.4ff02552bd1f1p+1, 0x1.74ba335ede8ffp+2, 0x1.b06f50503205cp+3, 0x1.4756e7215bd24p+6};
// x/r in 1/r with Phi(-x) = e^(-r^2/2) <= 1/4: where the correction starts; error 2^-20.53
constexpr double QUANTILE_TAIL[] = {0x1.000b5d174ffb4p+0, -0x1.e5ecc8830b9dfp-6, -0x1.058f2e9278dddp+2, 0x1.18eb2360ad968p+4, -0x1.7f0e9d9dbb6b2p+6, 0x1.adaa640f1dbd5p+8, -0x1.626b96c355e0dp+10, 0x1.9d41671dd89a4p+11, -0x1.494e2e125a88cp+12, 0x1.54213f848f9f8p+12, -0x1.9991e21342affp+11, 0x1.b3fbc993a81fbp+9};

// the root of silu′ in three doubles, and the quotient by (x - root) around it
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 0.25, relative to f; error 2^-60.13
constexpr Root<11> SILU_1 = {0.25, {-0x1.474973c84120bp+0, -0x1.f8d74bc9ac154p-54, -0x1.44a50180ba780p-108}, {0x1.be1410460527fp-3, -0x1.2541062177473p-58}, {0x1.2c563458cc0adp-3, -0x1.ae4095936c303p-57}, {0x1.353eb573ca463p-6, -0x1.f2d0e32bc2cb2p-7, -0x1.b0f82c4993b0dp-8, 0x1.098e92c1f4c1ap-13, 0x1.a2a7cafded549p-11, 0x1.8574cef2db2b0p-13, -0x1.5723b4d74d9f5p-15, -0x1.f2d68988a920fp-16, -0x1.8ab9683725c1ep-19, 0x1.3a0610e7627afp-19, 0x1.c2e7a188286f9p-21}};
// the root of silu″ in three doubles, and the quotient by (x - root) around it
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 0.25, relative to f; error 2^-60.87
constexpr Root<11> SILU_2 = {0.25, {0x1.331e23ad9de11p+1, 0x1.a9c55ef03c74ap-53, 0x1.672af2735d856p-110}, {-0x1.76e8b4eb0ea41p-4, 0x1.70c4911c32fadp-58}, {0x1.388203715b23ep-4, 0x1.17a8829cf57fep-60}, {-0x1.706e66bf36036p-6, -0x1.e178d8d239775p-10, 0x1.fa4e9f742ca56p-9, -0x1.662f848d29375p-10, 0x1.e2e4a6857f21fp-14, 0x1.94804b3fa24f4p-14, -0x1.8e0bbe2bb49aap-15, 0x1.1af298d324212p-17, 0x1.4ea5cf160e238p-20, -0x1.4005397f82f55p-20, 0x1.4be05f9093849p-22}};
// the root of gelu′ in three doubles, and the quotient by (x - root) around it
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 0.25, relative to f; error 2^-60.34
constexpr Root<12> GELU_1 = {0.25, {-0x1.80ead197f00b4p-1, 0x1.13e74c58cada8p-56, 0x1.65d4b5b9cdd03p-111}, {0x1.b9d98fa5a3215p-2, 0x1.f7c1a23190c7cp-56}, {0x1.8d9a941de3ac5p-2, 0x1.aea2e6afd7fdbp-56}, {-0x1.2a2ef9bb865f5p-6, -0x1.d2fa4c17c7e52p-4, -0x1.e4088244eda50p-7, 0x1.3e346def395d8p-6, 0x1.297b9d6686abbp-8, -0x1.258a6d7460da2p-9, -0x1.8680e8fea9fbfp-11, 0x1.86c845211429ap-13, 0x1.695622d66ed98p-14, -0x1.78310dc4aeef2p-17, -0x1.ffd6b6417c126p-18, 0x1.c03190ab5ad2ap-22}};
// the root of gelu_tanh′ in three doubles, and the quotient by (x - root) around it
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 0.25, relative to f; error 2^-62.43
constexpr Root<13> GELU_TANH_1 = {0.25, {-0x1.81429f9e97e4dp-1, 0x1.4f523ed77dbdcp-55, -0x1.a649fca8ac0e5p-109}, {0x1.b8bacd2c96b91p-2, 0x1.7625a206be83dp-56}, {0x1.8cd1a2b2fff33p-2, -0x1.d8ac0572d1edbp-56}, {-0x1.029615edb0778p-6, -0x1.d2b7734647069p-4, -0x1.104a83edc0f83p-6, 0x1.427996dc1492fp-6, 0x1.58c9ed7152730p-8, -0x1.3d8d63ea01c9cp-9, -0x1.e63f294e6525fp-11, 0x1.14bf4ccbd9c75p-12, 0x1.04935d0828588p-13, -0x1.25118ded83e6ap-15, -0x1.0b84f118145f2p-16, 0x1.7e65edd4b73e5p-18, 0x1.3bb239ee15111p-19}};
// the root of gelu_tanh″ in three doubles, and the quotient by (x - root) around it
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 0.25, relative to f; error 2^-60.48
constexpr Root<13> GELU_TANH_2 = {0.25, {0x1.6b23142700629p+0, 0x1.750d2fad2c04bp-54, -0x1.2d7b375dbcb4ap-108}, {-0x1.a360c3e39b758p-2, 0x1.bec10da937575p-57}, {0x1.ba73788e0f42ep-2, 0x1.c7a9d2efcc877p-56}, {-0x1.0bae229791e9bp-7, -0x1.49ec14523aa7dp-3, 0x1.d0e682b098501p-5, 0x1.4842653d80074p-6, -0x1.11cd249c03a98p-6, 0x1.9022f9a673ac5p-11, 0x1.5a7bd62b3cf47p-9, -0x1.89f5766930b23p-11, -0x1.1273a886897e3p-12, 0x1.715dbac3c2075p-13, 0x1.9ceef3e638bf8p-18, -0x1.dc31eef5e4516p-16, 0x1.364a2e50fe1adp-18}};
// the root of mish′ in three doubles, and the quotient by (x - root) around it
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 0.25, relative to f; error 2^-67.1
constexpr Root<13> MISH_1 = {0.25, {-0x1.31432c0d12d84p+0, -0x1.bf319154da210p-55, -0x1.3b82ea8c1efc4p-109}, {0x1.115acb42500bbp-2, 0x1.1ad72de557d4cp-56}, {0x1.a34a251d8ad7bp-3, 0x1.1a24b1362ba50p-58}, {0x1.574f121a868dbp-5, -0x1.4c222fe64d4fep-6, -0x1.03369d4ac9030p-6, -0x1.b87ddfb51a09dp-9, 0x1.1e5e1849a4ec0p-10, 0x1.037991819b00dp-10, 0x1.0a79555297423p-12, -0x1.5fff99e334701p-15, -0x1.d4541f4621501p-15, -0x1.223d191b8afa6p-16, 0x1.fc29c78f994d4p-21, 0x1.86f6eff3bdda8p-19, 0x1.15e6403bd48d3p-20}};
// the root of mish″ on the left in three doubles, and the quotient by (x - root) around it
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 0.25, relative to f; error 2^-60.41
constexpr Root<12> MISH_2_LEFT = {0.25, {-0x1.20d0f116eb001p+1, -0x1.ed98c925498a2p-54, -0x1.deda07b4fd530p-108}, {0x1.bd7543d635e3fp-4, -0x1.db4d963300d88p-58}, {0x1.956e15ad4977cp-4, -0x1.d34209ee288aep-58}, {0x1.321192f866b0ap-5, 0x1.b79f54f639b05p-9, -0x1.fa00ae6570ef7p-9, -0x1.451146d7bd82cp-9, -0x1.9fa64b4acdfd2p-11, -0x1.ba0303e7eab55p-14, 0x1.4db9d4cf74f12p-15, 0x1.0e6faeca1ac44p-15, 0x1.86df3a60194e9p-17, 0x1.26e8bd8c27ac1p-19, -0x1.db6a9a64467d8p-23, -0x1.6562f2809275ap-22}};
// the root of mish″ on the right in three doubles, and the quotient by (x - root) around it
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 0.25, relative to f; error 2^-63.32
constexpr Root<14> MISH_2_RIGHT = {0.25, {0x1.7d9612a440040p+0, 0x1.48a1647177d43p-54, -0x1.91d439cb8c07ep-108}, {-0x1.d8765d356c1afp-3, 0x1.3f83647e05722p-57}, {0x1.2005f89b94e15p-2, 0x1.c631748ca7448p-57}, {-0x1.467b383afa812p-4, -0x1.11016a32bec48p-4, 0x1.eb6dcd56f727cp-5, -0x1.24b1188ea8e3ap-7, -0x1.79fcae5a39e74p-7, 0x1.caeea164f285ep-8, -0x1.1990cdc906fa6p-12, -0x1.6f584f72da267p-10, 0x1.3ee907df941cap-11, 0x1.80a753805beffp-15, -0x1.1fcd295e20201p-13, 0x1.6bd59e7c06aa0p-15, 0x1.532a8797e6e3dp-17, -0x1.78c6b16c23ae0p-17}};
// the root of -log(-log p) in three doubles, and the quotient by (x - root) around it
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 0.0625, relative to f; error 2^-61.96
constexpr Root<14> GUMBEL_PPF_0 = {0.0625, {0x1.78b56362cef38p-2, -0x1.ca8a4270fadf5p-57, -0x1.837912b3fd2aap-111}, {0x1.5bf0a8b145769p+1, 0x1.4d57ee2b1013ap-53}, {0x1.afa2333000000p-606, 0x0.0000000000009p-1022}, {0x1.ac7dcff3f96ccp+1, -0x1.2330ac96f7d61p+1, 0x1.3c9d5f8ff912ap+3, -0x1.d22f33c307e24p+3, 0x1.51b181c98c162p+5, -0x1.51b93ef879f36p+6, 0x1.b2ced7f6638bdp+7, -0x1.edfe0155b62a5p+8, 0x1.34caa265c4d7ep+10, -0x1.732c19b1e1abfp+11, 0x1.cd63cddce4d01p+12, -0x1.1cbbb4f13780cp+14, 0x1.8d465327b0c2fp+15, -0x1.f98742a9bfdbdp+16}};
// the root of the second derivative of -log(-log p) in three doubles, and the quotient by (x - root) around it
// ((f/(x - root) - slope)/(x - root) - bend)/(x - root) on |x - root| <= 0.0625, relative to f; error 2^-60.71
constexpr Root<16> GUMBEL_PPF_2 = {0.0625, {0x1.78b56362cef38p-2, -0x1.ca8a4270fadf5p-57, -0x1.837912b3fd2aap-111}, {0x1.415e5bf6fb106p+4, -0x1.a568407591768p-53}, {-0x1.b4c902e273a58p+4, -0x1.9e35b4eff6e4fp-50}, {0x1.8bc4b774044b6p+7, -0x1.b50c4087225c9p+8, 0x1.bb38fa3abe9ebp+10, -0x1.278216e050574p+12, 0x1.e928cd3de42e5p+13, -0x1.5b56be9d8d63ap+15, 0x1.0958a4c8bf6f9p+17, -0x1.7eb8e30302510p+18, 0x1.1a52f909eb059p+20, -0x1.971459b40a92bp+21, 0x1.272ebdcb05b7ep+23, -0x1.a7a8232203cd9p+24, 0x1.2d14cae9a8f99p+26, -0x1.ad569c535a037p+27, 0x1.645d0a90c40c1p+29, -0x1.fe03fa667a84ap+30}};
