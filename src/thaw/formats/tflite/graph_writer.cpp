#include "thaw/formats/tflite/graph_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/formats/tflite/tensors.h"

namespace thaw::tflite {
namespace {

/// Half floats take twice their bytes, whole numbers of a byte eight times.
constexpr size_t times_the_file = 16;
constexpr size_t harmless_bytes = size_t{1} << 24;

template <typename Visit>
void for_each(const flatbuffers::Vector<int32_t>* indices, Visit visit) {
  if (indices == nullptr) return;
  for (const int32_t index : *indices) visit(index);
}

/// "model/conv" of "model/conv/Conv2D".
std::string_view owner_of(std::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == std::string_view::npos || slash == 0 ? name : name.substr(0, slash);
}

/// Whether a name's last part is that of the operation `kind`, which has weights: "Conv2D",
/// "depthwise" or "MatMul"; "convolution" in Keras 3.
bool is_of(std::string_view name, std::string_view kind) {
  const std::string_view last = name.substr(name.rfind('/') + 1);
  const auto has = [&](std::string_view word) { return last.find(word) != std::string_view::npos; };
  if (kind == "Conv2D") return has(kind) || has("convolution");
  return has(kind) || (kind == "MatMul" && has("Tensordot"));
}

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  while (!name.empty()) {
    const size_t end = std::min(name.find(';'), name.size());
    if (end > 0) parts.push_back(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return parts;
}

}  // namespace

GraphWriter::GraphWriter(const TfliteFile& file)
    : file_(file),
      graph_of_file_(file.graph()),
      bytes_left_(file.bytes().size() * times_the_file + harmless_bytes) {
  mark_made();
  name_values();
  expect_floats();
}

void GraphWriter::mark_made() {
  const auto* tensors = graph_of_file_.tensors();
  is_made_.resize(tensors == nullptr ? 0 : tensors->size());
  const auto mark = [&](int32_t index) {
    const std::string name = text_of(tensor(index).name());
    if (is_made_[static_cast<size_t>(index)])
      throw Error(fmt::format("expected each tensor to be made once, received \"{}\" twice", name));
    is_made_[static_cast<size_t>(index)] = true;
  };
  for_each(graph_of_file_.inputs(), mark);
  const auto* operators = graph_of_file_.operators();
  if (operators == nullptr) return;
  for (const schema::Operator* one : *operators) {
    for_each(one->outputs(), [&](int32_t index) {
      if (index >= 0) mark(index);  // else one that is left out
    });
  }
  for (const schema::Operator* one : *operators) {
    if (builtin_code(file_.code_of(*one)) != schema::BuiltinOperator_DEQUANTIZE ||
        one->inputs() == nullptr || one->inputs()->size() != 1 || one->outputs() == nullptr ||
        one->outputs()->size() != 1 || one->outputs()->Get(0) < 0 ||
        !is_known(one->inputs()->Get(0)))
      continue;
    stored_as_.emplace(one->outputs()->Get(0), one->inputs()->Get(0));
    is_made_[static_cast<size_t>(one->outputs()->Get(0))] = false;
  }
}

bool GraphWriter::gives_known(const schema::Operator& one) const {
  return one.outputs() != nullptr && one.outputs()->size() == 1 &&
         stored_as_.contains(one.outputs()->Get(0));
}

void GraphWriter::name_values() {
  std::map<std::string, size_t, std::less<>> beginnings;
  size_t with_slash = 0;
  for (size_t i = 0; i < is_made_.size(); ++i) {
    const std::string name = text_of(tensor(static_cast<int32_t>(i)).name());
    names_.push_back(fresh(name.empty() ? "value" : name));
    const size_t slash = name.find('/');
    if (!is_made_[i] || slash == std::string::npos) continue;
    ++with_slash;
    ++beginnings[name.substr(0, slash + 1)];
  }
  for (const auto& [beginning, count] : beginnings)
    if (count == with_slash) model_name_ = beginning;
}

void GraphWriter::expect_floats() const {
  size_t count = 0;
  std::string example;
  for (size_t i = 0; i < is_made_.size(); ++i) {
    const schema::Tensor& one = tensor(static_cast<int32_t>(i));
    if (!is_made_[i] || !is_quantized(one)) continue;
    if (count++ == 0)
      example = fmt::format("\"{}\" is {}", text_of(one.name()), name_of(one.type()));
  }
  if (count == 0) return;
  throw Error(fmt::format(
      "the model is quantized: {} of its values are whole numbers while it runs ({}), and these "
      "cannot be trained: expected a float model; convert the original again without quantization "
      "of activations (leave representative_dataset out; weights of 8 or 16 bits are fine), or "
      "give "
      "the model that it was made from",
      count, example));
}

const schema::Tensor& GraphWriter::tensor(int32_t index) const {
  const auto* tensors = graph_of_file_.tensors();
  const size_t count = tensors == nullptr ? 0 : tensors->size();
  if (index < 0 || static_cast<size_t>(index) >= count)
    throw Error(fmt::format("expected a tensor of 0 to {}, received {}", count, index));
  return *tensors->Get(static_cast<flatbuffers::uoffset_t>(index));
}

bool GraphWriter::is_known(int32_t index) const {
  const schema::Tensor& one = tensor(index);
  if (is_made_[static_cast<size_t>(index)]) return false;
  if (stored_as_.contains(index) || !file_.buffer(one.buffer()).empty()) return true;
  const auto sizes = sizes_of(one);
  return std::ranges::find(sizes, 0) != sizes.end();
}

foreign::Array GraphWriter::array(int32_t index) {
  const auto stored = stored_as_.find(index);
  const schema::Tensor& one = tensor(stored == stored_as_.end() ? index : stored->second);
  const std::string_view bytes = file_.buffer(one.buffer());
  return with_context(fmt::format("tensor \"{}\"", text_of(one.name())), [&] {
    const size_t wanted = bytes.size() * sizeof(int64_t);
    if (wanted > bytes_left_)
      throw Error("expected tensors of about as many bytes as the file has, received far more");
    bytes_left_ -= wanted;
    if (is_quantized(one)) kinds_of_weights_.insert(name_of(one.type()));
    return array_of(one, bytes);
  });
}

std::string GraphWriter::value(int32_t index, const std::string& weight) {
  if (index < 0) return {};
  if (!is_known(index)) return names_[static_cast<size_t>(index)];
  std::string& made = made_constants_[index];
  if (made.empty()) {
    foreign::Array numbers = array(index);
    const bool is_weight = !numbers.is_integer() && numbers.shape().rank() > 0;
    made = names_[static_cast<size_t>(index)];
    graph_.constants.emplace(made, foreign::Constant{std::move(numbers), is_weight ? weight : ""});
  }
  return made;
}

std::string GraphWriter::known(foreign::Array array, const std::string& weight) {
  std::string name = fresh(weight.empty() ? "number" : weight);
  graph_.constants.emplace(name, foreign::Constant{std::move(array), weight});
  return name;
}

std::string GraphWriter::fresh(const std::string& stem) {
  if (taken_.insert(stem).second) return stem;
  for (size_t& number = repeated_[stem];;) {
    std::string name = fmt::format("{}#{}", stem, ++number);
    if (taken_.insert(name).second) return name;
  }
}

std::string GraphWriter::layer_name(int32_t index, std::string_view kind) const {
  const std::string all = text_of(tensor(index).name());
  const auto parts = parts_of(all);
  if (parts.empty()) return {};
  std::string_view chosen = parts.front();
  if (!kind.empty()) {
    const auto found =
        std::ranges::find_if(parts, [&](std::string_view part) { return is_of(part, kind); });
    if (found != parts.end()) chosen = *found;
  }
  if (chosen.starts_with(model_name_)) chosen.remove_prefix(model_name_.size());
  return std::string(owner_of(chosen));
}

foreign::ForeignGraph GraphWriter::finish() && {
  for_each(graph_of_file_.inputs(), [&](int32_t index) {
    graph_.inputs.push_back({names_.at(static_cast<size_t>(index)), sizes_of(tensor(index))});
  });
  for_each(graph_of_file_.outputs(), [&](int32_t index) {
    (void)tensor(index);
    graph_.outputs.push_back(value(index, ""));
  });
  return std::move(graph_);
}

std::vector<std::string> GraphWriter::notes() const {
  std::vector<std::string> lines;
  for (const std::string& kind : kinds_of_weights_) {
    lines.push_back(fmt::format(
        "weights of {} with scales: they are read as the floats that they stand for", kind));
  }
  return lines;
}

}  // namespace thaw::tflite
