#include "thaw/ops/op.h"

#include <concepts>
#include <string>
#include <utility>

#include "thaw/core/fields.h"
#include "thaw/ops/output_shape.h"

namespace thaw::ops {
namespace {

template <typename T>
concept Operation = fields::Described<T> && requires(const T& op, std::span<const Shape> inputs) {
  { T::name } -> std::convertible_to<std::string_view>;
  { op.input_count() } -> std::same_as<int>;
  { op.output_shape(inputs) } -> std::same_as<Shape>;
  { op.words(inputs[0]) } -> std::same_as<std::string_view>;
};

template <Operation... Ops>
constexpr bool are_operations(const std::variant<Ops...>*) {
  return true;
}
static_assert(are_operations(static_cast<const Op*>(nullptr)));

}  // namespace

std::string_view name(const Op& op) {
  return std::visit([]<typename T>(const T&) -> std::string_view { return T::name; }, op);
}

std::string_view words(const Op& op, const Shape& result) {
  return std::visit([&](const auto& attributes) { return attributes.words(result); }, op);
}

const Phase* phase_of(const Op& op) {
  return std::visit(
      [](const auto& attributes) -> const Phase* {
        if constexpr (requires { attributes.phase; }) return &attributes.phase;
        return nullptr;
      },
      op);
}
Phase* phase_of(Op& op) { return const_cast<Phase*>(phase_of(std::as_const(op))); }

bool is_random(const Op& op) {
  const Phase* phase = phase_of(op);
  return phase != nullptr && *phase != Phase::inference &&
         !std::holds_alternative<BatchNormalization>(op) &&
         !std::holds_alternative<SpectralNormalization>(op);
}

Shape output_shape(const Op& op, std::span<const Shape> inputs) {
  return std::visit([&](const auto& attributes) { return output_shape(attributes, inputs); }, op);
}

void expect_inputs(int wanted, size_t received) {
  if (wanted == any_number ? received > 0 : received == static_cast<size_t>(wanted)) return;
  throw Error("expected " + (wanted == any_number ? "one or more" : std::to_string(wanted)) +
              " inputs, received " + std::to_string(received));
}

}  // namespace thaw::ops
