#pragma once

#include "thaw/core/tensor.h"
#include "thaw/formats/keras/hdf5/objects.h"

namespace thaw::keras::hdf5 {

Shape shape_of(const Object& dataset);

/// A dataset's numbers as float32, of shape_of(dataset). They may be of any integer type, or floats
/// of 2, 4 or 8 bytes, and lie in one piece, in the object's header, or in chunks, which may be
/// shuffled and deflated. Throws Error when they are anything else or not all there.
Tensor read_numbers(const Source& source, const Object& dataset);
/// The number of a dataset of one whole number, of any integer type. Throws Error when it is
/// anything else.
int64_t read_integer(const Source& source, const Object& dataset);

}  // namespace thaw::keras::hdf5
