// ONNX's graphs, of opset 7 and later: what PyTorch's exporters, tf2onnx and PaddlePaddle write. Of
// large models the weights lie in files beside. Source: github.com/onnx/onnx, docs/IR.md.
#include "thaw/core/files.h"
#include "thaw/formats/format.h"
#include "thaw/formats/import/import_graph.h"
#include "thaw/formats/onnx/read_onnx.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view onnx_endings[] = {".onnx"};

bool is_it(const ModelInput& input) { return thaw::onnx::is_onnx(input.start()); }

ModelFile read(const ModelInput& input, const LoadOptions& options) {
  foreign::ForeignGraph graph = input.path() != nullptr
                                    ? thaw::onnx::read_onnx(read_file(*input.path()), input.path())
                                    : thaw::onnx::read_onnx(input.bytes(), nullptr);
  return foreign::import_graph(std::move(graph), options);
}

}  // namespace

extern const ModelFormat onnx;
const ModelFormat onnx{.name = "onnx",
                       .what = "ONNX's graph of a model",
                       .endings = onnx_endings,
                       .is_it = &is_it,
                       .read = &read,
                       .read_weights = nullptr,
                       .write = nullptr,
                       .write_weights = nullptr};

}  // namespace thaw::model_formats
