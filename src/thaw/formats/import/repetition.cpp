// What numpy broadcasts: numbers at once, what is computed only where no other value does it.
#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/formats/import/assembler.h"
#include "thaw/formats/import/folding.h"

namespace thaw::foreign {
namespace {

Config object() { return Config(Config::Map{}); }

Value as_it_is(const Value& x) {
  Value result = x;
  result.repeated.clear();
  return result;
}

}  // namespace

Value Assembler::broadcast_to(const Value& x, std::vector<int64_t> sizes) {
  const Shape own = shape_of(x);
  // A repetition over the batch changes nothing of what is known: it fits any.
  if (x.is_known() && !sizes.empty() && sizes[0] == batch_ && batch_ > 1 &&
      std::ssize(sizes) >= own.rank() && (own.rank() < std::ssize(sizes) || own[0] == 1))
    sizes[0] = 1;
  for (int64_t& size : sizes)
    if (size == -1) size = 1;
  const Shape wanted{std::move(sizes)};
  if (x.is_known()) return folded(folding::broadcast_to(x.constant->array, wanted), *x.constant);
  const Shape shape = folding::broadcast(own, wanted);
  if (shape == own) return x;
  if (shape.rank() != own.rank() || shape[0] != own[0]) {
    throw Error(
        fmt::format("expected {} to be repeated along its axes after the batch's, received "
                    "a repetition to {}",
                    own.to_string(), shape.to_string()));
  }
  Value result = x;
  result.repeated.assign(shape.sizes().begin(), shape.sizes().end());
  return result;
}

Value Assembler::repeat(const Value& x) {
  constexpr int64_t most_copies = 256;
  if (x.repeated.empty()) return x;
  Value result = as_it_is(x);
  const Shape own = shape_of(result);
  for (int axis = 1; axis < own.rank(); ++axis) {
    const int64_t count = x.repeated[static_cast<size_t>(axis)];
    if (own[axis] == count) continue;
    if (count > most_copies)
      throw Error(fmt::format("expected at most {} repetitions, received {}", most_copies, count));
    // Channels first, of which none are there yet: they lie last.
    result = with_part(result, axis, own.rank() == 4 && axis == 1);
    const int part = result.axes[static_cast<size_t>(axis)][0];
    if (result.symbol.shape().rank() == 3 && part < 3) {
      const Config size = part == 1 ? Config::List{count, 1} : Config::List{1, count};
      result.symbol = call("UpSampling2D", object().set("size", size), {result.symbol});
    } else {
      result.symbol = call("Concatenate", object().set("axis", part),
                           std::vector<Symbol>(static_cast<size_t>(count), result.symbol));
    }
  }
  result.uses = 0;
  return result;
}

Value Assembler::outer(Binary how, const Value& a, const Value& b, const Shape& shape) {
  const std::vector<int64_t> sizes(shape.sizes().begin(), shape.sizes().end());
  // Rows and columns are repeated more cheaply than channels.
  const bool repeats_second = shape.rank() == 4 && shape_of(b)[1] == shape[1];
  const Value whole = repeat(broadcast_to(repeats_second ? b : a, sizes));
  return repeats_second ? binary(how, a, whole) : binary(how, whole, b);
}

Value Assembler::binary_of_repeated(Binary how, const Value& a, const Value& b) {
  const Shape wanted = folding::broadcast(shape_of(a), shape_of(b));
  const Value left = as_it_is(a);
  const Value right = as_it_is(b);
  if (folding::broadcast(shape_of(left), shape_of(right)) == wanted)
    return binary(how, left, right);
  return binary(how, repeat(a), repeat(b));
}

}  // namespace thaw::foreign
