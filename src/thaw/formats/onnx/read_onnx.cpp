#include "thaw/formats/onnx/read_onnx.h"

#include <algorithm>
#include <array>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/formats/onnx/graph_reader.h"
#include "thaw/formats/onnx/weight_names.h"

namespace thaw::onnx {
namespace {

/// What follows in the first bytes of a file, in protobuf's form.
class Beginning {
 public:
  explicit Beginning(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return bytes_.empty(); }
  /// A number of at most five bytes; nothing where there is none.
  std::optional<uint64_t> number() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 35 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    return std::nullopt;
  }
  /// A text of this length, cut where the bytes end.
  std::string_view text(uint64_t length) {
    const std::string_view found = bytes_.substr(0, length);
    bytes_.remove_prefix(found.size());
    return found;
  }

 private:
  std::string_view bytes_;
};

bool is_text(std::string_view bytes) {
  return std::ranges::all_of(
      bytes, [](char c) { return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t'; });
}

constexpr uint64_t whole = 0;
constexpr uint64_t with_length = 2;

}  // namespace

bool is_onnx(std::string_view start) {
  constexpr uint64_t newest_form = 64;
  Beginning beginning(start);
  if (beginning.number() != 0x08) return false;  // ir_version, which comes first
  const auto form = beginning.number();
  if (!form || *form == 0 || *form > newest_form) return false;
  uint64_t last = 1;
  // producer_name, producer_version, domain, model_version, doc_string, graph.
  while (!beginning.at_end()) {
    const auto tag = beginning.number();
    const auto value = beginning.number();
    if (!tag || !value) return beginning.at_end();
    const uint64_t field = *tag >> 3;
    const uint64_t kind = *tag & 7U;
    if (field <= last || field > 8 || kind != (field == 5 ? whole : with_length)) return false;
    if (field >= 7) return *value > 0;
    if (kind == with_length && !is_text(beginning.text(*value))) return false;
    last = field;
  }
  return last > 1;
}

foreign::ForeignGraph read_onnx(const std::string& bytes, const std::filesystem::path* path) {
  schema::Model model;
  const bool fits = bytes.size() <= static_cast<size_t>(std::numeric_limits<int>::max());
  if (!fits || !model.ParseFromString(bytes)) {
    throw Error(
        "expected a whole ONNX model of at most 2 GB, received one that is cut off or damaged");
  }
  if (!model.has_graph()) throw Error("expected an ONNX model, received one without a graph");
  foreign::ForeignGraph graph = GraphReader(model, path).read();
  name_weights(graph);
  return graph;
}

}  // namespace thaw::onnx
