#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "thaw/formats/import/foreign_graph.h"

namespace thaw::onnx {

/// Whether a file that begins with `start` (its first 64 bytes) is an ONNX model: the fields of
/// its beginning are those of one, in the order in which all programs write them.
bool is_onnx(std::string_view start);

/// The graph of a model in these bytes, which were read from `path` (nullptr: from memory). What
/// calls a function of the model has the function's nodes instead, and an If whose condition is
/// known the branch that is taken; tensors of attributes are constants, and of ConstantOfShape's
/// the second input. Values that others merely repeat (Identity) are named as those.
/// Throws Error for operators before version 7, for quantized graphs, sparse tensors, and for what
/// is not as ONNX's specification has it. Memory and time are in proportion to the bytes, and to
/// those of the files beside (external_files.h).
foreign::ForeignGraph read_onnx(const std::string& bytes, const std::filesystem::path* path);

}  // namespace thaw::onnx
