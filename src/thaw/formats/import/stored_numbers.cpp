#include "thaw/formats/import/stored_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "thaw/core/error.h"
#include "thaw/core/half.h"

namespace thaw::foreign {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie");

/// Each of `bytes` as a Number, and what `convert` makes of it.
template <typename Number, typename To, typename Convert>
void convert_each(std::string_view bytes, To* to, Convert convert) {
  for (size_t at = 0; at + sizeof(Number) <= bytes.size(); at += sizeof(Number)) {
    Number number{};
    std::memcpy(&number, bytes.data() + at, sizeof(Number));
    *to++ = convert(number);
  }
}

template <typename Number>
Array integers(Shape shape, std::string_view bytes) {
  std::vector<int64_t> values(bytes.size() / sizeof(Number));
  convert_each<Number>(bytes, values.data(), [](Number number) {
    if constexpr (std::is_same_v<Number, uint64_t>)
      number = std::min(number, uint64_t{std::numeric_limits<int64_t>::max()});
    return static_cast<int64_t>(number);
  });
  return {std::move(shape), std::move(values)};
}

template <typename Number, typename Convert>
Array floats(Shape shape, std::string_view bytes, Convert convert) {
  Tensor tensor(std::move(shape));
  convert_each<Number>(bytes, tensor.data(), convert);
  return Array(std::move(tensor));
}

constexpr auto as_float = [](auto number) { return static_cast<float>(number); };

}  // namespace

uint64_t bytes_of(Stored type) {
  switch (type) {
    case Stored::float64:
    case Stored::int64:
    case Stored::uint64:
      return 8;
    case Stored::float32:
    case Stored::int32:
    case Stored::uint32:
      return 4;
    case Stored::float16:
    case Stored::bfloat16:
    case Stored::int16:
    case Stored::uint16:
      return 2;
    case Stored::int8:
    case Stored::uint8:
      return 1;
  }
  return 1;
}

Array array_of(Stored type, Shape shape, std::string_view bytes) {
  const auto wanted = static_cast<uint64_t>(shape.elements()) * bytes_of(type);
  if (wanted != bytes.size()) {
    throw Error(fmt::format("expected {} bytes for the shape {}, received {}", wanted,
                            shape.to_string(), bytes.size()));
  }
  switch (type) {
    case Stored::float32:
      return floats<float>(std::move(shape), bytes, as_float);
    case Stored::float64:
      return floats<double>(std::move(shape), bytes, as_float);
    case Stored::float16:
      return floats<uint16_t>(std::move(shape), bytes, &float_from_half);
    case Stored::bfloat16:
      return floats<uint16_t>(std::move(shape), bytes, &float_from_bfloat16);
    case Stored::int8:
      return integers<int8_t>(std::move(shape), bytes);
    case Stored::uint8:
      return integers<uint8_t>(std::move(shape), bytes);
    case Stored::int16:
      return integers<int16_t>(std::move(shape), bytes);
    case Stored::uint16:
      return integers<uint16_t>(std::move(shape), bytes);
    case Stored::int32:
      return integers<int32_t>(std::move(shape), bytes);
    case Stored::uint32:
      return integers<uint32_t>(std::move(shape), bytes);
    case Stored::int64:
      return integers<int64_t>(std::move(shape), bytes);
    case Stored::uint64:
      return integers<uint64_t>(std::move(shape), bytes);
  }
  throw Error("expected numbers");
}

}  // namespace thaw::foreign
