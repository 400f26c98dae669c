#include "thaw/formats/tflite/read_tflite.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "thaw/core/error.h"
#include "thaw/formats/tensorflow/simplify.h"
#include "thaw/formats/tflite/operators.h"

namespace thaw::tflite {
namespace {

using Table = std::map<schema::BuiltinOperator, const Operator*>;

const Table& table() {
  static const Table by_code = [] {
    Table result;
    for (const auto operators : {weighted_operators(), plain_operators()})
      for (const Operator& one : operators) result.emplace(one.code, &one);
    return result;
  }();
  return by_code;
}

/// For messages.
std::string name_of(const schema::OperatorCode& code) {
  const schema::BuiltinOperator builtin = builtin_code(code);
  if (builtin == schema::BuiltinOperator_CUSTOM)
    return fmt::format("custom {}", text_of(code.custom_code()));
  const std::string name = schema::EnumNameBuiltinOperator(builtin);
  return name.empty() ? fmt::format("operation {}", static_cast<int>(builtin)) : name;
}

/// As it stands, for the list of what is not known.
void write_unknown(GraphWriter& writer, const schema::Operator& from, const std::string& op) {
  foreign::Node node{.op = op};
  const auto read = [&](const flatbuffers::Vector<int32_t>* indices, std::vector<std::string>& to) {
    if (indices == nullptr) return;
    for (const int32_t index : *indices)
      to.push_back(index < 0 || writer.is_known(index) ? "" : writer.value(index, ""));
  };
  read(from.inputs(), node.inputs);
  read(from.outputs(), node.outputs);
  if (!node.outputs.empty()) node.name = node.outputs.front();
  writer.add(std::move(node));
}

void write_operator(GraphWriter& writer, const TfliteFile& file, const schema::Operator& from) {
  if (writer.gives_known(from)) return;
  const schema::OperatorCode& code = file.code_of(from);
  const std::string name = name_of(code);
  const auto found = table().find(builtin_code(code));
  if (found == table().end()) return write_unknown(writer, from, name);
  const Operator& how = *found->second;
  OperatorCall call(writer, from, how.word, how.kind);
  with_context(fmt::format("node \"{}\" ({})", call.layer(), name), [&] { how.write(call); });
}

}  // namespace

ReadGraph read_tflite(const TfliteFile& file) {
  GraphWriter writer(file);
  if (const auto* operators = file.graph().operators())
    for (const schema::Operator* from : *operators) write_operator(writer, file, *from);
  ReadGraph result{.notes = writer.notes()};
  result.graph = std::move(writer).finish();
  tensorflow::simplify(result.graph);
  return result;
}

}  // namespace thaw::tflite
