#pragma once

#include "thaw/formats/model_file.h"
#include "thaw/formats/tflite/tflite_file.h"

namespace thaw::tflite {

/// Notes in the model's metadata what the file says beside its graph: the classes' names, of the
/// file of labels that lies in it, where they are as many as its outputs; and how images are fed:
/// by the mean and deviation of its input, or as bytes where the input takes bytes. What cannot be
/// used is left out: nothing of it can make a file unreadable.
void note_metadata(const TfliteFile& file, ModelFile& content);

}  // namespace thaw::tflite
