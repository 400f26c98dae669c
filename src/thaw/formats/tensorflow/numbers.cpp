#include "thaw/formats/tensorflow/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <type_traits>

#include "thaw/core/error.h"
#include "thaw/core/half.h"
#include "thaw/formats/import/stored_numbers.h"

namespace thaw::tensorflow {
namespace {

using foreign::Array;
using foreign::Stored;
using proto::DataType;
using proto::TensorProto;

[[noreturn]] void refuse(DataType type) {
  throw Error(fmt::format("expected numbers, received a tensor of type {}", name_of(type)));
}

/// Values of a field, of which the last stands for all that follow.
template <typename Field>
auto value_at(const Field& field, int64_t place) {
  using Number = std::decay_t<decltype(field.Get(0))>;
  if (field.empty()) return Number{};
  return field.Get(static_cast<int>(std::min<int64_t>(place, field.size() - 1)));
}

template <typename Field>
void count(const Field& field, const Shape& shape, int64_t& fill_left) {
  const int64_t elements = shape.elements();
  if (field.size() > elements) {
    throw Error(fmt::format("expected {} numbers for the shape {}, received {}", elements,
                            shape.to_string(), field.size()));
  }
  const int64_t filled = elements - field.size();
  if (filled > fill_left)
    throw Error(fmt::format("expected the numbers of constants, received {} that are only declared",
                            filled));
  fill_left -= filled;
}

template <typename Field>
Array integers_of_field(const Field& field, Shape shape, int64_t& fill_left) {
  count(field, shape, fill_left);
  std::vector<int64_t> values(static_cast<size_t>(shape.elements()));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<int64_t>(value_at(field, static_cast<int64_t>(i)));
  return {std::move(shape), std::move(values)};
}

template <typename Field, typename Convert>
Array floats_of_field(const Field& field, Shape shape, int64_t& fill_left, Convert convert) {
  count(field, shape, fill_left);
  Tensor tensor(std::move(shape));
  for (int64_t i = 0; i < tensor.elements(); ++i) tensor.data()[i] = convert(value_at(field, i));
  return Array(tensor);
}

/// Nothing where it is no number.
std::optional<Stored> stored_as(DataType type) {
  switch (type) {
    case proto::DT_FLOAT:
      return Stored::float32;
    case proto::DT_DOUBLE:
      return Stored::float64;
    case proto::DT_HALF:
      return Stored::float16;
    case proto::DT_BFLOAT16:
      return Stored::bfloat16;
    case proto::DT_INT64:
    case proto::DT_UINT64:
      return Stored::int64;
    case proto::DT_INT32:
      return Stored::int32;
    case proto::DT_UINT32:
      return Stored::uint32;
    case proto::DT_INT16:
      return Stored::int16;
    case proto::DT_UINT16:
      return Stored::uint16;
    case proto::DT_INT8:
      return Stored::int8;
    case proto::DT_UINT8:
    case proto::DT_BOOL:
      return Stored::uint8;
    default:
      return std::nullopt;
  }
}

constexpr auto to_float = [](auto number) { return static_cast<float>(number); };
constexpr auto from_half = [](auto bits) { return float_from_half(static_cast<uint16_t>(bits)); };
constexpr auto from_bfloat16 = [](auto bits) {
  return float_from_bfloat16(static_cast<uint16_t>(bits));
};

}  // namespace

std::string name_of(DataType type) {
  switch (type) {
    case proto::DT_FLOAT:
      return "DT_FLOAT";
    case proto::DT_DOUBLE:
      return "DT_DOUBLE";
    case proto::DT_INT32:
      return "DT_INT32";
    case proto::DT_UINT8:
      return "DT_UINT8";
    case proto::DT_INT16:
      return "DT_INT16";
    case proto::DT_INT8:
      return "DT_INT8";
    case proto::DT_STRING:
      return "DT_STRING";
    case proto::DT_INT64:
      return "DT_INT64";
    case proto::DT_BOOL:
      return "DT_BOOL";
    case proto::DT_QINT8:
      return "DT_QINT8";
    case proto::DT_QUINT8:
      return "DT_QUINT8";
    case proto::DT_QINT32:
      return "DT_QINT32";
    case proto::DT_BFLOAT16:
      return "DT_BFLOAT16";
    case proto::DT_UINT16:
      return "DT_UINT16";
    case proto::DT_HALF:
      return "DT_HALF";
    case proto::DT_RESOURCE:
      return "DT_RESOURCE";
    case proto::DT_VARIANT:
      return "DT_VARIANT";
    case proto::DT_UINT32:
      return "DT_UINT32";
    case proto::DT_UINT64:
      return "DT_UINT64";
    default:
      return std::to_string(static_cast<int>(type));
  }
}

uint64_t bytes_of(DataType type) {
  const auto stored = stored_as(type);
  return stored ? foreign::bytes_of(*stored) : 0;
}

std::vector<int64_t> sizes_of(const proto::TensorShapeProto& shape) {
  if (shape.unknown_rank()) throw Error("expected a shape, received one of unknown rank");
  std::vector<int64_t> sizes;
  sizes.reserve(static_cast<size_t>(shape.dim_size()));
  for (const auto& dim : shape.dim()) sizes.push_back(std::max<int64_t>(dim.size(), -1));
  return sizes;
}

Shape shape_of(const proto::TensorShapeProto& shape) {
  Shape known(sizes_of(shape));
  (void)known.elements();
  return known;
}

Array array_of(DataType type, Shape shape, std::string_view bytes) {
  const auto stored = stored_as(type);
  if (!stored) refuse(type);
  return with_context(name_of(type),
                      [&] { return foreign::array_of(*stored, std::move(shape), bytes); });
}

Array array_of(const TensorProto& tensor, int64_t& fill_left) {
  Shape shape = shape_of(tensor.tensor_shape());
  if (!tensor.tensor_content().empty())
    return array_of(tensor.dtype(), std::move(shape), tensor.tensor_content());
  switch (tensor.dtype()) {
    case proto::DT_FLOAT:
      return floats_of_field(tensor.float_val(), std::move(shape), fill_left, to_float);
    case proto::DT_DOUBLE:
      return floats_of_field(tensor.double_val(), std::move(shape), fill_left, to_float);
    case proto::DT_HALF:
      return floats_of_field(tensor.half_val(), std::move(shape), fill_left, from_half);
    case proto::DT_BFLOAT16:
      return floats_of_field(tensor.half_val(), std::move(shape), fill_left, from_bfloat16);
    case proto::DT_INT64:
      return integers_of_field(tensor.int64_val(), std::move(shape), fill_left);
    case proto::DT_UINT64:
      return integers_of_field(tensor.uint64_val(), std::move(shape), fill_left);
    case proto::DT_UINT32:
      return integers_of_field(tensor.uint32_val(), std::move(shape), fill_left);
    case proto::DT_BOOL:
      return integers_of_field(tensor.bool_val(), std::move(shape), fill_left);
    case proto::DT_INT32:
    case proto::DT_INT16:
    case proto::DT_INT8:
    case proto::DT_UINT16:
    case proto::DT_UINT8:
      return integers_of_field(tensor.int_val(), std::move(shape), fill_left);
    default:
      refuse(tensor.dtype());
  }
}

}  // namespace thaw::tensorflow
