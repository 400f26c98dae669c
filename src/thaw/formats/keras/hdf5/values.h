#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/formats/keras/hdf5/objects.h"

namespace thaw::keras::hdf5 {

/// The kinds of values that Keras's files consist of.
struct Datatype {
  enum class Kind { integer, floating, text, variable_text, other };
  Kind kind = Kind::other;
  uint64_t size = 0;  ///< bytes of one value where it lies
  bool is_signed = false;
  bool is_big_endian = false;
};
/// Throws Error when the message ends too early.
Datatype read_datatype(std::string_view message);

/// Sizes outermost first; none: one value. At most 8 axes.
struct Dataspace {
  std::vector<uint64_t> sizes;
  bool is_null = false;  ///< no value at all
  /// Throws Error past 2^48.
  uint64_t count() const;
};
Dataspace read_dataspace(std::string_view message);

struct Attribute {
  Datatype type;
  Dataspace space;
  std::string data;
};
std::optional<Attribute> find_attribute(const Object& object, std::string_view name);

/// The texts of an attribute. Throws Error when it is of another type.
std::vector<std::string> read_strings(const Source& source, const Attribute& attribute);

}  // namespace thaw::keras::hdf5
