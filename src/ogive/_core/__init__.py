"""The machine: the formula sheet, compiled once for each CPU level, as `numpy.ufunc` objects in `ogive._core.ufunc`."""
