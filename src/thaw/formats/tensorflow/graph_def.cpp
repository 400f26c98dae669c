#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>
#include <unordered_map>

#include "thaw/core/error.h"
#include "thaw/formats/tensorflow/byte_reader.h"
#include "thaw/formats/tensorflow/flatten.h"
#include "thaw/formats/tensorflow/node_name.h"
#include "thaw/formats/tensorflow/numbers.h"
#include "thaw/formats/tensorflow/saved_model.h"

namespace thaw::tensorflow {
namespace {

using proto::NodeDef;

/// What a graph ends in without giving anything of use.
constexpr auto no_outputs = std::to_array<std::string_view>(
    {"Assert", "Assign", "AssignVariableOp", "Const", "HistogramSummary", "ImageSummary",
     "MergeSummary", "NoOp", "Placeholder", "PlaceholderV2", "RestoreV2", "SaveV2", "ScalarSummary",
     "VarHandleOp", "Variable", "VariableV2"});
/// Which class has the largest output: what it looks at is the output.
constexpr auto choices =
    std::to_array<std::string_view>({"ArgMax", "ArgMin", "Equal", "InTopK", "TopK", "TopKV2"});
constexpr auto decoders = std::to_array<std::string_view>(
    {"DecodeBmp", "DecodeGif", "DecodeImage", "DecodeJpeg", "DecodePng"});
/// What stands between decoding and the size that the network takes, and changes no number.
constexpr auto preparations =
    std::to_array<std::string_view>({"Cast", "ExpandDims", "Identity", "PlaceholderWithDefault"});

template <typename List>
bool is_one_of(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

/// A graph with who reads whom.
class Outline {
 public:
  explicit Outline(const proto::GraphDef& graph) {
    for (const auto& node : graph.node()) nodes_.emplace(node.name(), &node);
    for (const auto& node : graph.node())
      for (int i = 0; i < data_inputs(node); ++i)
        if (const NodeDef* read = find(node.input(i))) readers_[read].push_back(&node);
  }

  const NodeDef* find(const std::string& reference) const {
    const auto found = nodes_.find(node_of(reference));
    return found == nodes_.end() ? nullptr : found->second;
  }
  const std::vector<const NodeDef*>& readers(const NodeDef* node) const {
    static const std::vector<const NodeDef*> none;
    const auto found = readers_.find(node);
    return found == readers_.end() ? none : found->second;
  }
  /// All that depends on these nodes, with them.
  std::set<const NodeDef*> behind(std::vector<const NodeDef*> open) const {
    std::set<const NodeDef*> reached(open.begin(), open.end());
    while (!open.empty()) {
      const NodeDef* node = open.back();
      open.pop_back();
      for (const NodeDef* reader : readers(node))
        if (reached.insert(reader).second) open.push_back(reader);
    }
    return reached;
  }

 private:
  std::unordered_map<std::string, const NodeDef*> nodes_;
  std::unordered_map<const NodeDef*, std::vector<const NodeDef*>> readers_;
};

struct Fed {
  const NodeDef* node = nullptr;
  std::vector<int64_t> sizes;
};

std::vector<int64_t> declared_sizes(const NodeDef& node) {
  const auto shape = node.attr().find("shape");
  if (shape != node.attr().end() && !shape->second.shape().unknown_rank() &&
      shape->second.shape().dim_size() > 0)
    return sizes_of(shape->second.shape());
  const auto outputs = node.attr().find("_output_shapes");
  if (outputs != node.attr().end() && outputs->second.list().shape_size() > 0 &&
      !outputs->second.list().shape(0).unknown_rank())
    return sizes_of(outputs->second.list().shape(0));
  return {-1, -1, -1, -1};  // an image, of which the graph does not say the size
}

/// The size that a node resizes to, where it is a constant.
std::optional<std::pair<int64_t, int64_t>> size_of(const Outline& outline, const NodeDef& node) {
  if (node.input_size() < 2) return std::nullopt;
  const NodeDef* size = outline.find(node.input(1));
  if (size == nullptr || size->op() != "Const" || !size->attr().contains("value"))
    return std::nullopt;
  int64_t fill = 2;
  const auto sizes = array_of(size->attr().at("value").tensor(), fill).integers();
  if (sizes.size() != 2) return std::nullopt;
  return std::pair{sizes[0], sizes[1]};
}

/// A graph that decodes JPEG files itself is fed behind that: what it resizes is resized before.
Fed behind_decoder(const Outline& outline, const NodeDef& decoder) {
  const auto channels = decoder.attr().find("channels");
  const int64_t count =
      channels == decoder.attr().end() || channels->second.i() == 0 ? 3 : channels->second.i();
  const NodeDef* node = &decoder;
  const NodeDef* batched = nullptr;
  while (outline.readers(node).size() == 1) {
    const NodeDef* reader = outline.readers(node).front();
    const bool is_resize = reader->op() == "ResizeBilinear" ||
                           reader->op() == "ResizeNearestNeighbor" ||
                           reader->op() == "ResizeArea" || reader->op() == "ResizeBicubic";
    if (is_resize) {
      if (const auto size = size_of(outline, *reader))
        return {.node = reader, .sizes = {1, size->first, size->second, count}};
    }
    if (!is_one_of(preparations, reader->op())) break;
    if (reader->op() == "ExpandDims") batched = reader;
    node = reader;
  }
  if (batched != nullptr) return {.node = node, .sizes = {1, -1, -1, count}};
  throw Error(fmt::format(
      "node {} ({}): expected a graph that is fed images as numbers, received one that decodes "
      "files in a way that is not known",
      decoder.name(), decoder.op()));
}

std::vector<Fed> inputs_of(const proto::GraphDef& graph, const Outline& outline) {
  std::vector<Fed> fed;
  for (const auto& node : graph.node()) {
    if (is_one_of(decoders, node.op())) return {behind_decoder(outline, node)};
    if (node.op() != "Placeholder" && node.op() != "PlaceholderV2") continue;
    const auto type = node.attr().find("dtype");
    const bool is_number = type != node.attr().end() && bytes_of(type->second.type()) != 0 &&
                           type->second.type() != proto::DT_BOOL;
    if (is_number && !outline.readers(&node).empty())
      fed.push_back({.node = &node, .sizes = declared_sizes(node)});
  }
  if (fed.empty()) {
    throw Error(
        "expected a graph with a placeholder for images, received one without: freeze the model "
        "with its input");
  }
  return fed;
}

std::vector<std::string> outputs_of(const proto::GraphDef& graph, const Outline& outline,
                                    const std::vector<Fed>& fed) {
  std::vector<const NodeDef*> roots;
  roots.reserve(fed.size());
  for (const Fed& input : fed) roots.push_back(input.node);
  const auto reached = outline.behind(roots);
  const auto is_end = [&](const NodeDef* node) {
    return std::ranges::all_of(outline.readers(node), [&](const NodeDef* reader) {
      return is_one_of(choices, reader->op()) || is_one_of(no_outputs, reader->op());
    });
  };
  std::vector<std::string> names;
  for (const auto& node : graph.node()) {
    if (!reached.contains(&node) || is_one_of(no_outputs, node.op()) ||
        is_one_of(choices, node.op()) || std::ranges::find(roots, &node) != roots.end())
      continue;
    if (is_end(&node)) names.push_back(node.name());
  }
  if (names.empty())
    throw Error("expected a graph whose outputs depend on its input, received another");
  return names;
}

}  // namespace

bool starts_graph_def(std::string_view start) {
  constexpr char node_tag = 0x0A;  // GraphDef.node, and in it NodeDef.name
  constexpr char op_tag = 0x12;
  try {
    ByteReader reader(start);
    if (reader.bytes(1).front() != node_tag || reader.varint() < 4) return false;
    if (reader.bytes(1).front() != node_tag) return false;
    const uint64_t length = reader.varint();
    constexpr uint64_t longest_name = 1000;
    if (length == 0 || length > longest_name) return false;
    const auto is_graphic = [](char letter) { return letter > ' ' && letter < 127; };
    for (uint64_t i = 0; i < length && !reader.is_at_end(); ++i)
      if (!is_graphic(reader.bytes(1).front())) return false;
    return reader.is_at_end() || reader.bytes(1).front() == op_tag;
  } catch (const Error&) {
    return false;
  }
}

foreign::ForeignGraph read_graph_def(std::string_view bytes) {
  proto::GraphDef graph;
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()) ||
      !graph.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw Error("expected a frozen GraphDef, received a file that is damaged or cut off");
  return read_graph_def(graph);
}

foreign::ForeignGraph read_graph_def(const proto::GraphDef& graph) {
  const Outline outline(graph);
  const auto fed = inputs_of(graph, outline);
  const auto wanted = outputs_of(graph, outline, fed);
  constexpr size_t most_outputs = 16;
  if (wanted.size() > most_outputs) {
    throw Error(fmt::format("expected a graph of one output, received one of {}: {}, …",
                            wanted.size(), fmt::join(wanted.begin(), wanted.begin() + 4, ", ")));
  }
  Flattener flattener(graph, {.read_variable = nullptr, .names_constants = true});
  for (const Fed& input : fed)
    flattener.feed(input.node->name(), flattener.input(input.node->name(), input.sizes));
  return flattener.finish(flattener.outer(wanted));
}

}  // namespace thaw::tensorflow
