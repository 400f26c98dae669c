#pragma once

#include "thaw/formats/import/foreign_graph.h"

namespace thaw::onnx {

/// Gives weights whose names say nothing ("onnx::Conv_193", "const_fold_opt__12", "42") those of
/// the module in which the first node that reads them lies, where its name says one:
/// "/layer1/layer1.0/conv1/Conv" makes "layer1.0.conv1.weight" of its second input.
void name_weights(foreign::ForeignGraph& graph);

}  // namespace thaw::onnx
