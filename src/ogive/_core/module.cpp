// The extension module: picks the CPU level at import and registers every kernel as a numpy.ufunc.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <numpy/arrayobject.h>
#include <numpy/ufuncobject.h>

#include <cstdlib>
#include <cstring>

#include "kernels.hpp"

// -DLEVELS=... names fewer, for a quick build.
#if defined(__x86_64__)
#ifndef LEVELS
#define LEVELS LEVEL(x86_64_v4, "x86-64-v4") LEVEL(x86_64_v3, "x86-64-v3") LEVEL(x86_64_v2, "x86-64-v2")
#endif
#define SUPPORTED(level) __builtin_cpu_supports(level)
#else
#define LEVELS LEVEL(baseline, "baseline")
#define SUPPORTED(level) true
#endif

#define LEVEL(name, label) \
    namespace ogive {      \
    namespace name {       \
    Kernels kernels();     \
    }                      \
    }
LEVELS
#undef LEVEL

namespace {

struct Level {
    const char* label;
    Kernels (*kernels)();
};
constexpr Level levels[] = {
#define LEVEL(name, label) {label, ogive::name::kernels},
    LEVELS
#undef LEVEL
};

// Best first. The names of __builtin_cpu_supports must be literals, hence the macro.
bool supported(const char* wanted) {
#define LEVEL(name, label) \
    if (!std::strcmp(wanted, label)) return SUPPORTED(label);
    LEVELS
#undef LEVEL
    return false;
}

// A ufunc keeps pointers into these tables, so a kernel's tables live as long as the module does: for good.
struct Tables {
    PyUFuncGenericFunction loops[3];
    void* data[3];
    char types[3 * 8];
};

PyObject* make_ufunc(const Kernel& kernel, Tables& tables, PyArray_Descr* bfloat16) {
    static const char codes[] = {NPY_HALF, NPY_FLOAT, NPY_DOUBLE};
    const int operands = kernel.inputs + kernel.outputs;
    for (int t = 0; t < 3; ++t) {
        tables.loops[t] = kernel.loops[t];
        tables.data[t] = const_cast<void*>(kernel.data);
        for (int k = 0; k < operands; ++k) tables.types[t * operands + k] = kernel.types[k] == '?' ? char(NPY_BOOL) : codes[t];
    }
    PyObject* ufunc = PyUFunc_FromFuncAndDataAndSignature(tables.loops, tables.data, tables.types, 3, kernel.inputs, kernel.outputs, PyUFunc_None, kernel.name, "A row of the formula sheet; see the card of its name.", 0, kernel.signature);
    if (!ufunc || !bfloat16) return ufunc;
    PyArray_Descr *boolean = PyArray_DescrFromType(NPY_BOOL), *descriptors[8];
    for (int k = 0; k < operands; ++k) descriptors[k] = kernel.types[k] == '?' ? boolean : bfloat16;
    int failed = PyUFunc_RegisterLoopForDescr(reinterpret_cast<PyUFuncObject*>(ufunc), bfloat16, kernel.loops[3], descriptors, const_cast<void*>(kernel.data));
    Py_DECREF(reinterpret_cast<PyObject*>(boolean));
    if (failed) {
        Py_DECREF(ufunc);
        return nullptr;
    }
    return ufunc;
}

// The dtype of ml_dtypes, or null where it is not installed.
PyArray_Descr* find_bfloat16() {
    PyObject* module = PyImport_ImportModule("ml_dtypes");
    if (!module) {
        if (PyErr_ExceptionMatches(PyExc_ImportError)) PyErr_Clear();
        return nullptr;
    }
    PyObject* type = PyObject_GetAttrString(module, "bfloat16");
    PyArray_Descr* descriptor = nullptr;
    if (type) PyArray_DescrConverter(type, &descriptor);
    Py_XDECREF(type);
    Py_DECREF(module);
    return descriptor;
}

int fill(PyObject* module) {
    const char* forced = std::getenv("OGIVE_CPU");
    const Level* chosen = nullptr;
    PyObject* runnable = PyList_New(0);
    if (!runnable) return -1;
    for (const Level& level : levels) {
        if (!supported(level.label)) continue;
        if (!chosen && (!forced || !*forced || !std::strcmp(forced, level.label))) chosen = &level;
        PyObject* label = PyUnicode_FromString(level.label);
        if (!label || PyList_Append(runnable, label)) {
            Py_XDECREF(label);
            Py_DECREF(runnable);
            return -1;
        }
        Py_DECREF(label);
    }
    if (!chosen) {
        PyErr_Format(PyExc_ImportError, "OGIVE_CPU=%s is not a level this processor can run; choose one of %R or leave it unset", forced ? forced : "", runnable);
        Py_DECREF(runnable);
        return -1;
    }

    PyArray_Descr* bfloat16 = find_bfloat16();
    if (!bfloat16 && PyErr_Occurred()) {
        Py_DECREF(runnable);
        return -1;
    }
    const Kernels kernels = chosen->kernels();
    auto* tables = static_cast<Tables*>(PyMem_Calloc(size_t(kernels.count), sizeof(Tables)));
    if (!tables) {
        Py_DECREF(runnable);
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < kernels.count; ++i) {
        PyObject* ufunc = make_ufunc(kernels.table[i], tables[i], bfloat16);
        if (!ufunc || PyModule_AddObjectRef(module, kernels.table[i].name, ufunc)) {
            Py_XDECREF(ufunc);
            Py_DECREF(runnable);
            return -1;
        }
        Py_DECREF(ufunc);
    }
    PyObject* config = Py_BuildValue("{s:s,s:N,s:s,s:O}", "level", chosen->label, "levels", runnable, "compiler", __VERSION__, "bfloat16", bfloat16 ? Py_True : Py_False);
    Py_XDECREF(reinterpret_cast<PyObject*>(bfloat16));
    if (!config) return -1;
    int failed = PyModule_AddObjectRef(module, "__config__", config);
    Py_DECREF(config);
    return failed;
}

PyModuleDef_Slot slots[] = {
    {Py_mod_exec, reinterpret_cast<void*>(fill)},
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, nullptr},
};
PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ufunc", "The bare numpy.ufunc of every row of the formula sheet.", 0, nullptr, slots, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit_ufunc() {
    import_array();
    import_umath();
    return PyModuleDef_Init(&definition);
}
