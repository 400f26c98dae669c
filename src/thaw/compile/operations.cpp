#include "thaw/compile/operations.h"

#include <algorithm>
#include <map>
#include <utility>

namespace thaw {
namespace {

struct Words {
  int64_t channels;  ///< of the result

  std::string_view operator()(const ops::Input&) const { return "input"; }
  std::string_view operator()(const ops::Weight&) const { return "weight"; }
  std::string_view operator()(const ops::Constant&) const { return "constant"; }
  std::string_view operator()(const ops::Conv2D& op) const {
    if (op.winograd) return "Winograd convolution";
    if (op.groups == 1) return "convolution";
    return op.groups == channels ? "depthwise convolution" : "grouped convolution";
  }
  std::string_view operator()(const ops::ConvTranspose2D&) const {
    return "transposed convolution";
  }
  std::string_view operator()(const ops::MatMul&) const { return "matrix product"; }
  std::string_view operator()(const ops::BatchNormalization&) const {
    return "batch normalization";
  }
  std::string_view operator()(const ops::SampleNormalization& op) const {
    return op.by_pixel ? "layer normalization" : "group normalization";
  }
  std::string_view operator()(const ops::Activate&) const { return "activation"; }
  std::string_view operator()(const ops::Softmax&) const { return "softmax"; }
  std::string_view operator()(const ops::Binary& op) const {
    switch (op.kind) {
      case ops::Binary::Kind::add:
        return "residual sum";
      case ops::Binary::Kind::subtract:
        return "difference";
      case ops::Binary::Kind::multiply:
        return "product";
      case ops::Binary::Kind::maximum:
        return "maximum";
      case ops::Binary::Kind::minimum:
        return "minimum";
    }
    return {};
  }
  std::string_view operator()(const ops::Concatenate&) const { return "concatenation"; }
  std::string_view operator()(const ops::Pool2D& op) const {
    return op.kind == ops::Pool2D::Kind::maximum ? "max pooling" : "average pooling";
  }
  std::string_view operator()(const ops::GlobalPool2D& op) const {
    return op.kind == ops::Pool2D::Kind::maximum ? "global max pooling" : "global average pooling";
  }
  std::string_view operator()(const ops::Pad2D&) const { return "zero padding"; }
  std::string_view operator()(const ops::Crop2D&) const { return "cropping"; }
  std::string_view operator()(const ops::Resize2D&) const { return "resizing"; }
  std::string_view operator()(const ops::Transpose&) const { return "transposition"; }
  std::string_view operator()(const ops::Reshape&) const { return "reshape"; }
  std::string_view operator()(const ops::ScaleShift&) const { return "scale and offset"; }
  std::string_view operator()(const ops::Dropout&) const { return "dropout"; }
  std::string_view operator()(const ops::GaussianNoise&) const { return "gaussian noise"; }
  std::string_view operator()(const ops::RandomAffine&) const { return "random view"; }
  std::string_view operator()(const ops::RandomColor&) const { return "random colours"; }
  std::string_view operator()(const ops::RandomCrop2D&) const { return "random cropping"; }
};

/// What is in `all` more often than in `others`.
std::vector<LayerOperation> missing_from(const std::vector<LayerOperation>& others,
                                         const std::vector<LayerOperation>& all) {
  std::map<std::pair<std::string_view, std::string_view>, int> counts;
  for (const auto& [layer, what] : others) ++counts[{layer, what}];
  std::vector<LayerOperation> result;
  for (const LayerOperation& operation : all)
    if (--counts[{operation.layer, operation.what}] < 0) result.push_back(operation);
  return result;
}

}  // namespace

std::string_view words_for(const ops::Node& node) {
  return std::visit(Words{node.shape.rank() == 0 ? 1 : node.shape.last()}, node.op);
}

std::vector<LayerOperation> operations(const ops::Graph& graph) {
  std::vector<LayerOperation> result;
  for (const ops::Node& node : graph.nodes) {
    if (node.is_parameter() || std::holds_alternative<ops::Input>(node.op)) continue;
    result.push_back({node.name, std::string(words_for(node))});
  }
  return result;
}

OperationChanges changes(const ops::Graph& before, const ops::Graph& after) {
  const auto old_operations = operations(before);
  const auto new_operations = operations(after);
  auto added = missing_from(old_operations, new_operations);
  OperationChanges result;
  for (const LayerOperation& gone : missing_from(new_operations, old_operations)) {
    const auto instead = std::ranges::find(added, gone.layer, &LayerOperation::layer);
    if (instead == added.end()) {
      result.merged.push_back(gone);
      continue;
    }
    result.replaced.push_back(gone);
    result.by.push_back(*instead);
    added.erase(instead);
  }
  return result;
}

}  // namespace thaw
