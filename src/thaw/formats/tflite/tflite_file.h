#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "thaw/formats/format.h"
#include "thaw/formats/tflite/tflite_generated.h"

namespace thaw::tflite {

/// A file of TensorFlow Lite, verified: no offset in it leads out of it.
class TfliteFile {
 public:
  /// Whether bytes that begin so are such a file.
  static bool is_one(std::string_view start);

  /// Throws Error for a file that is damaged or cut off.
  explicit TfliteFile(const ModelInput& input);

  const schema::Model& model() const { return *model_; }
  /// Its one graph, which other graphs are called from. Throws Error where there is none.
  const schema::SubGraph& graph() const;
  /// Which operation it is. Throws Error for one without a code.
  const schema::OperatorCode& code_of(const schema::Operator& one) const;
  /// The bytes of a buffer, empty where there is no such buffer or nothing in it.
  std::string_view buffer(uint32_t number) const;
  std::string_view bytes() const { return bytes_; }

 private:
  std::string bytes_;
  const schema::Model* model_ = nullptr;
};

/// Which built-in operation it is; codes past 127 stand in a field of their own.
schema::BuiltinOperator builtin_code(const schema::OperatorCode& code);

/// A text, empty where there is none.
std::string text_of(const flatbuffers::String* text);

}  // namespace thaw::tflite
