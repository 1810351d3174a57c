// What a level of the machine hands to the module: a table of loops by name.
#pragma once

#include <cstdint>

struct Kernel {
    const char* name;
    const char* signature;  // a gufunc's core dimensions, or null
    int inputs, outputs;
    const char* types;      // one letter an operand: 'f' the dtype itself, '?' bool
    void (*loops[4])(char**, intptr_t const*, intptr_t const*, void*);  // float16, float32, float64, bfloat16
    const void* data = nullptr;                                                          // what the loops are handed
};
struct Kernels {
    const Kernel* table;
    int count;
};
