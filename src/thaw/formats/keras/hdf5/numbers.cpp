#include "thaw/formats/keras/hdf5/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <variant>

#include "thaw/core/error.h"
#include "thaw/formats/keras/hdf5/chunks.h"
#include "thaw/formats/keras/hdf5/values.h"

namespace thaw::keras::hdf5 {
namespace {

const Message& need(const Object& dataset, MessageType type) {
  const Message* message = dataset.find(type);
  if (message == nullptr) reject_damage("numbers without type, shape or place");
  return *message;
}

struct Contiguous {
  uint64_t address;
};
struct Compact {
  std::string data;
};
using Layout = std::variant<Contiguous, Compact, ChunkedLayout>;

/// Section IV.A.2.i.
Layout read_layout(std::string_view message) {
  Cursor cursor(message);
  const uint8_t version = cursor.u8();
  const uint8_t kind = cursor.u8();
  if (version == 3 || (version == 4 && kind < 2)) {
    if (kind == 0) return Compact{std::string(cursor.take(cursor.u16()))};
    if (kind == 1) return Contiguous{cursor.u64()};
    if (kind == 2) {
      ChunkedLayout layout;
      const uint8_t rank = cursor.u8();
      layout.tree = cursor.u64();
      for (int i = 0; i + 1 < rank; ++i) layout.sizes.push_back(cursor.u32());
      return layout;
    }
  }
  throw Error(fmt::format(
      "numbers lie in a form (version {}, class {}) that Keras does not write, or in another file: "
      "load it in Keras and save it again",
      version, kind));
}

float half_to_float(uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1F;
  const auto mantissa = static_cast<float>(bits & 0x3FF);
  const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  if (exponent == 31) return mantissa == 0 ? sign * INFINITY : NAN;
  return sign * std::ldexp(mantissa + 1024, exponent - 25);
}

uint64_t read_bits(const char* raw, const Datatype& type) {
  uint64_t bits = 0;
  for (uint64_t i = 0; i < type.size; ++i) {
    const uint64_t at = type.is_big_endian ? type.size - 1 - i : i;
    bits |= uint64_t{static_cast<unsigned char>(raw[at])} << (8 * i);
  }
  return bits;
}

int64_t to_integer(uint64_t bits, const Datatype& type) {
  if (!type.is_signed) return static_cast<int64_t>(bits);
  const auto unused = static_cast<int>(64 - 8 * type.size);
  return static_cast<int64_t>(bits << unused) >> unused;
}

float to_float(const char* raw, const Datatype& type) {
  const uint64_t bits = read_bits(raw, type);
  if (type.kind == Datatype::Kind::floating) {
    if (type.size == 2) return half_to_float(static_cast<uint16_t>(bits));
    if (type.size == 4) return std::bit_cast<float>(static_cast<uint32_t>(bits));
    return static_cast<float>(std::bit_cast<double>(bits));
  }
  if (!type.is_signed) return static_cast<float>(bits);
  return static_cast<float>(to_integer(bits, type));
}

void convert(std::string_view raw, const Datatype& type, std::span<float> into) {
  for (size_t i = 0; i < into.size(); ++i) into[i] = to_float(raw.data() + i * type.size, type);
}

bool is_own_float(const Datatype& type) {
  return type.kind == Datatype::Kind::floating && type.size == 4 && !type.is_big_endian &&
         std::endian::native == std::endian::little;
}

/// Reads straight into the tensor's memory when the file holds float32 numbers as this processor
/// does, else converts 65,536 at a time.
void read_contiguous(const Source& source, uint64_t address, const Datatype& type,
                     std::span<float> into) {
  if (is_own_float(type)) {
    source.read(address, {reinterpret_cast<char*>(into.data()), into.size_bytes()});
    return;
  }
  constexpr size_t step = 1 << 16;
  while (!into.empty()) {
    const size_t count = std::min(step, into.size());
    convert(source.block(address, count * type.size), type, into.first(count));
    address += count * type.size;
    into = into.subspan(count);
  }
}

}  // namespace

Shape shape_of(const Object& dataset) {
  const Dataspace space = read_dataspace(need(dataset, MessageType::dataspace).data);
  std::vector<int64_t> sizes;
  for (const uint64_t size : space.sizes)
    sizes.push_back(static_cast<int64_t>(std::min(size, uint64_t{1} << 48)));
  return Shape(std::move(sizes));
}

Tensor read_numbers(const Source& source, const Object& dataset) {
  const Dataspace space = read_dataspace(need(dataset, MessageType::dataspace).data);
  const Datatype type = read_datatype(need(dataset, MessageType::datatype).data);
  if (type.kind != Datatype::Kind::floating && type.kind != Datatype::Kind::integer)
    throw Error("expected numbers, received another type");
  if (dataset.find(MessageType::external_files) != nullptr)
    throw Error("expected numbers, received a link to another file");
  const Shape shape = shape_of(dataset);
  const uint64_t count = space.count();
  if (count == 0) return Tensor::zeros(shape);
  const Layout layout = read_layout(need(dataset, MessageType::layout).data);
  const uint64_t bytes = count * type.size;  // at most 2^48 · 8

  if (const auto* contiguous = std::get_if<Contiguous>(&layout)) {
    if (!source.holds(contiguous->address, bytes)) {
      reject_damage(fmt::format("shape {} is more than lies in its {} bytes", shape.to_string(),
                                source.size()));
    }
    Tensor result(shape);
    read_contiguous(source, contiguous->address, type, result.values());
    return result;
  }
  std::string raw;
  if (const auto* compact = std::get_if<Compact>(&layout)) {
    raw = compact->data;
  } else {
    raw = read_chunks(source, dataset, std::get<ChunkedLayout>(layout), space, type.size);
  }
  if (raw.size() < bytes) reject_damage("fewer numbers than their shape says");
  Tensor result(shape);
  convert(raw, type, result.values());
  return result;
}

int64_t read_integer(const Source& source, const Object& dataset) {
  const Datatype type = read_datatype(need(dataset, MessageType::datatype).data);
  const bool is_one = read_dataspace(need(dataset, MessageType::dataspace).data).count() == 1;
  const Layout layout = read_layout(need(dataset, MessageType::layout).data);
  const auto* contiguous = std::get_if<Contiguous>(&layout);
  if (is_one && type.kind == Datatype::Kind::integer && contiguous != nullptr) {
    const int64_t value =
        to_integer(read_bits(source.block(contiguous->address, type.size).data(), type), type);
    if (!type.is_signed && value < 0) throw Error("expected a number below 2^63");
    return value;
  }
  // Numbers of other forms are rare; those up to 2^24 are exact in a float32.
  const Tensor values = read_numbers(source, dataset);
  const float value = values.elements() == 1 ? values.values()[0] : NAN;
  if (!(std::abs(value) < 0x1p62F) || value != std::floor(value))
    throw Error("expected one whole number");
  return static_cast<int64_t>(value);
}

}  // namespace thaw::keras::hdf5
