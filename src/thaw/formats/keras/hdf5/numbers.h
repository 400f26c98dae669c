#pragma once

#include "thaw/core/tensor.h"
#include "thaw/formats/keras/hdf5/objects.h"

namespace thaw::keras::hdf5 {

Shape shape_of(const Object& dataset);

/// A dataset's numbers, of any usual type, as float32: contiguous, compact, or in chunks that are
/// shuffled and deflated. Throws Error when they are of another kind or not all there.
Tensor read_numbers(const Source& source, const Object& dataset);
/// A dataset of one whole number, of any usual type.
int64_t read_integer(const Source& source, const Object& dataset);

}  // namespace thaw::keras::hdf5
