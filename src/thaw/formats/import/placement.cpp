// How foreign axes lie on a symbol's: what only changes words, and what costs a layer.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "thaw/core/error.h"
#include "thaw/formats/import/assembler.h"
#include "thaw/formats/import/folding.h"

namespace thaw::foreign {
namespace {

Config object() { return Config(Config::Map{}); }

Config list_of(std::span<const int64_t> numbers) {
  Config result(Config::List{});
  for (const int64_t number : numbers) result.append(number);
  return result;
}

bool has_batch(const AxisParts& parts) { return std::ranges::find(parts, 0) != parts.end(); }

/// The value under other words, after `gone` parts of its symbol were taken out or put in.
void renumber(std::vector<AxisParts>& axes, const std::map<int, int>& to) {
  for (AxisParts& parts : axes) {
    AxisParts renamed;
    for (const int part : parts)
      if (const auto found = to.find(part); found != to.end()) renamed.push_back(found->second);
    parts = std::move(renamed);
  }
}

/// The sizes, a −1 among them replaced by what is left of `from`. Throws Error where they do not
/// fit.
Shape settled(std::vector<int64_t>& sizes, const Shape& from) {
  int64_t known = 1;
  int64_t* open = nullptr;
  for (int64_t& size : sizes) {
    if (size == -1 && open == nullptr) {
      open = &size;
    } else if (size < 0) {
      throw Error("expected sizes of which at most one is -1");
    } else {
      known = Shape{known, size}.elements();
    }
  }
  if (open != nullptr) *open = known == 0 ? 0 : from.elements() / known;
  Shape to{std::vector<int64_t>(sizes)};
  if (to.elements() != from.elements()) {
    throw Error(fmt::format("expected a shape of as many elements as {}, received {}",
                            from.to_string(), to.to_string()));
  }
  return to;
}

}  // namespace

int64_t Assembler::part_size(const Value& value, int part) const {
  return part == 0 ? batch_ : value.symbol.shape()[part - 1];
}

Shape Assembler::shape_of(const Value& value) const {
  if (value.is_known()) return value.constant->array.shape();
  std::vector<int64_t> sizes;
  for (const AxisParts& parts : value.axes) {
    int64_t size = 1;
    for (const int part : parts) size *= part_size(value, part);
    sizes.push_back(size);
  }
  if (!value.repeated.empty()) return Shape(value.repeated);
  return Shape(std::move(sizes));
}

int Assembler::axis_of(const Value& value, int64_t axis) const {
  const int64_t rank =
      value.is_known() ? value.constant->array.shape().rank() : std::ssize(value.axes);
  const int64_t result = axis < 0 ? axis + rank : axis;
  if (result < 0 || result >= rank)
    throw Error(fmt::format("expected an axis of {} to {}, received {}", -rank, rank - 1, axis));
  return static_cast<int>(result);
}

Symbol Assembler::arranged(const Value& x, const std::vector<AxisParts>& groups) {
  if (groups.empty() || !has_batch(groups[0])) throw Error("expected the batch as the first axis");
  const auto is_one = [&](int part) { return part != 0 && part_size(x, part) == 1; };
  std::vector<int64_t> order;
  std::vector<int64_t> sizes;
  int last = 0;
  bool is_in_order = true;
  for (size_t group = 0; group < groups.size(); ++group) {
    int64_t size = 1;
    for (const int part : groups[group]) {
      if (part == 0) {
        if (group != 0) throw Error("expected the batch in one axis alone");
        continue;
      }
      order.push_back(part);
      size *= part_size(x, part);
      if (is_one(part)) continue;
      if (group == 0)
        throw Error(
            "expected the batch as an axis of its own, received one that holds other axes too");
      is_in_order = is_in_order && part > last;
      last = part;
    }
    if (group != 0) sizes.push_back(size);
  }
  if (std::ssize(order) != x.symbol.shape().rank())
    throw Error("expected each axis of the value once");
  Symbol symbol = x.symbol;
  if (!is_in_order) symbol = call("Permute", object().set("dims", list_of(order)), {symbol});
  if (symbol.shape() != Shape(std::vector<int64_t>(sizes)))
    symbol = call("Reshape", object().set("target_shape", list_of(sizes)), {symbol});
  return symbol;
}

Symbol Assembler::output(const Value& x) {
  if (x.axes == std::vector<AxisParts>{{0}, {3}, {1}, {2}}) return x.symbol;
  return arranged(x, x.axes);
}

Symbol Assembler::image(const Value& x, int channel_axis) {
  const auto rank = std::ssize(x.axes);
  if (rank != 4 && rank != 3)
    throw Error(fmt::format("expected an image of rank 4 (or a row of rank 3), received {}",
                            shape_of(x).to_string()));
  std::vector<AxisParts> groups = {x.axes[0]};
  if (rank == 3) groups.emplace_back();
  for (int axis = 1; axis < rank; ++axis)
    if (axis != channel_axis) groups.push_back(x.axes[static_cast<size_t>(axis)]);
  groups.push_back(x.axes[static_cast<size_t>(channel_axis)]);
  return arranged(x, groups);
}

Value Assembler::from_image(const Symbol& symbol, int rank, int channel_axis) {
  Value value{.symbol = symbol, .axes = {{0}}};
  int next = rank == 4 ? 1 : 2;
  for (int axis = 1; axis < rank; ++axis) value.axes.push_back({axis == channel_axis ? 3 : next++});
  // A row lies in an image of one row, whose axis is nobody's.
  if (rank == 3) value.axes[0].push_back(1);
  return value;
}

Value Assembler::isolated(const Value& x, int axis, bool is_last) {
  const AxisParts& parts = x.axes[static_cast<size_t>(axis)];
  const int rank = x.symbol.shape().rank();
  if (has_batch(parts)) throw Error("expected an axis other than the batch's");
  if (parts.size() == 1 && (!is_last || parts[0] == rank)) return x;
  std::vector<AxisParts> groups = {{0}};
  std::map<int, int> to = {{0, 0}};
  const int first = parts.empty() ? rank + 1 : *std::ranges::min_element(parts);
  const auto add_own = [&] { groups.push_back(parts); };
  int at = -1;
  for (int part = 1; part <= rank; ++part) {
    if (part == first && !is_last) {
      at = static_cast<int>(groups.size());
      add_own();
    }
    if (std::ranges::find(parts, part) != parts.end()) continue;
    to[part] = static_cast<int>(groups.size());
    groups.push_back({part});
  }
  if (at < 0) {
    at = static_cast<int>(groups.size());
    add_own();
  }
  Value result = x;
  result.symbol = arranged(x, groups);
  renumber(result.axes, to);
  result.axes[static_cast<size_t>(axis)] = {at};
  return result;
}

Value Assembler::with_part(const Value& x, int axis, bool is_last) {
  if (!x.axes[static_cast<size_t>(axis)].empty()) return x;
  int before = is_last ? x.symbol.shape().rank() : 0;
  for (int other = 0; other < axis; ++other)
    for (const int part : x.axes[static_cast<size_t>(other)]) before = std::max(before, part);
  std::vector<int64_t> sizes(x.symbol.shape().sizes().begin(), x.symbol.shape().sizes().end());
  sizes.insert(sizes.begin() + before, 1);
  std::map<int, int> to;
  for (int part = 0; part <= x.symbol.shape().rank(); ++part)
    to[part] = part > before ? part + 1 : part;
  Value result = x;
  renumber(result.axes, to);
  result.axes[static_cast<size_t>(axis)] = {before + 1};
  result.symbol = call("Reshape", object().set("target_shape", list_of(sizes)), {x.symbol});
  return result;
}

Value Assembler::split_part(const Value& x, int part, int64_t first) {
  std::vector<int64_t> sizes(x.symbol.shape().sizes().begin(), x.symbol.shape().sizes().end());
  int64_t& size = sizes[static_cast<size_t>(part - 1)];
  const int64_t rest = size / first;
  size = first;
  sizes.insert(sizes.begin() + part, rest);
  Value result = x;
  for (AxisParts& parts : result.axes) {
    AxisParts renamed;
    for (const int old : parts) {
      renamed.push_back(old > part ? old + 1 : old);
      if (old == part) renamed.push_back(part + 1);
    }
    parts = std::move(renamed);
  }
  result.symbol = call("Reshape", object().set("target_shape", list_of(sizes)), {x.symbol});
  return result;
}

Value Assembler::reshape(const Value& x, std::vector<int64_t> sizes) {
  const Shape from = shape_of(x);
  // Rows of what is known fit any batch.
  if (x.is_known() && batch_ > 1 && !sizes.empty() && sizes[0] == batch_ &&
      from.elements() % batch_ != 0)
    sizes[0] = 1;
  const Shape to = settled(sizes, from);
  if (x.is_known()) return folded(x.constant->array.reshaped(to), *x.constant);
  if (from.elements() == 0) throw Error("expected a value that is not empty");

  // Runs of axes of equal products become runs of axes, one after the other.
  Value result = x;
  result.uses = 0;
  const std::span<const int64_t> all_from = from.sizes();
  const std::span<const int64_t> all_to = sizes;
  size_t next_from = 0;
  size_t next_to = 0;
  size_t at = 0;  // where the run begins in result.axes
  while (next_from < all_from.size() || next_to < all_to.size()) {
    const size_t first_from = next_from;
    const size_t first_to = next_to;
    int64_t product_from = next_from < all_from.size() ? all_from[next_from++] : 1;
    int64_t product_to = next_to < all_to.size() ? all_to[next_to++] : 1;
    while (product_from != product_to) {
      if (product_from < product_to)
        product_from *= all_from[next_from++];
      else
        product_to *= all_to[next_to++];
    }
    // What is left over is of size 1, and belongs to the last run.
    if (next_to == all_to.size()) next_from = all_from.size();
    at = reshape_run(result, at, next_from - first_from,
                     all_to.subspan(first_to, next_to - first_to));
  }
  return result;
}

size_t Assembler::reshape_run(Value& value, size_t at, size_t count, std::span<const int64_t> to) {
  AxisParts rest;
  for (size_t axis = at; axis < at + count; ++axis)
    rest.insert(rest.end(), value.axes[axis].begin(), value.axes[axis].end());
  const auto begin = value.axes.begin() + static_cast<std::ptrdiff_t>(at);
  value.axes.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
  if (to.empty()) {
    // Axes of size 1 that vanish: their parts go to a neighbour.
    if (!rest.empty() && value.axes.empty()) throw Error("expected a shape of at least one axis");
    AxisParts& neighbour = value.axes[at == 0 ? 0 : at - 1];
    neighbour.insert(neighbour.end(), rest.begin(), rest.end());
    return at;
  }
  value.axes.insert(value.axes.begin() + static_cast<std::ptrdiff_t>(at), std::move(rest));
  for (size_t i = 0; i + 1 < to.size(); ++i, ++at) take_from_run(value, at, to[i]);
  return at + 1;
}

void Assembler::take_from_run(Value& value, size_t at, int64_t size) {
  // An axis of size 1 in front is that of a batch of one.
  size_t taken = size == 1 && !value.axes[at].empty() && value.axes[at][0] == 0 ? 1 : 0;
  int64_t product = 1;
  while (product < size) {
    const int part = value.axes[at][taken];
    const int64_t own = part_size(value, part);
    if (size % (product * own) == 0) {
      product *= own;
      ++taken;
      continue;
    }
    const int64_t wanted = size / product;
    if (size % product == 0 && own % wanted == 0 && part != 0) {
      value = split_part(value, part, wanted);
      ++taken;
      break;
    }
    value = isolated(value, static_cast<int>(at), false);
    value = split_part(value, value.axes[at][0], size);
    taken = 1;
    break;
  }
  AxisParts& rest = value.axes[at];
  const auto end = rest.begin() + static_cast<std::ptrdiff_t>(taken);
  AxisParts own(rest.begin(), end);
  rest.erase(rest.begin(), end);
  value.axes.insert(value.axes.begin() + static_cast<std::ptrdiff_t>(at), std::move(own));
}

Value Assembler::transpose(const Value& x, std::vector<int64_t> order) {
  const Shape shape = shape_of(x);
  if (order.empty())
    for (int axis = shape.rank(); axis-- > 0;) order.push_back(axis);
  for (int64_t& axis : order) axis = axis_of(x, axis);
  if (x.is_known()) {
    return folded(folding::transpose(x.constant->array, order), *x.constant);
  }
  Value result{.symbol = x.symbol};
  std::set<int64_t> seen;
  for (const int64_t axis : order) {
    seen.insert(axis);
    result.axes.push_back(x.axes[static_cast<size_t>(axis)]);
  }
  if (seen.size() != x.axes.size() || order.size() != x.axes.size())
    throw Error("expected an order that names each axis once");
  return result;
}

Value Assembler::squeeze(const Value& x, const std::vector<int64_t>& axes) {
  const Shape shape = shape_of(x);
  std::set<int> gone;
  for (const int64_t axis : axes) gone.insert(axis_of(x, axis));
  Value result{.symbol = x.symbol};
  std::vector<int64_t> sizes;
  AxisParts homeless;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool goes = axes.empty() ? shape[axis] == 1 && axis != 0 : gone.contains(axis);
    if (goes && shape[axis] != 1)
      throw Error(
          fmt::format("expected a size of 1 at axis {}, received {}", axis, shape.to_string()));
    if (!goes) sizes.push_back(shape[axis]);
    if (x.is_known()) continue;
    // Parts of size 1 of an axis that goes belong to the next one.
    AxisParts parts = x.axes[static_cast<size_t>(axis)];
    if (goes && has_batch(parts)) throw Error("expected axes other than the batch's");
    if (goes || !has_batch(parts)) {
      homeless.insert(homeless.end(), parts.begin(), parts.end());
      parts = std::exchange(homeless, {});
    }
    if (goes)
      homeless = std::move(parts);
    else
      result.axes.push_back(std::move(parts));
  }
  if (x.is_known()) return reshape(x, std::move(sizes));
  if (result.axes.empty()) throw Error("expected a shape of at least one axis");
  result.axes.back().insert(result.axes.back().end(), homeless.begin(), homeless.end());
  return result;
}

Value Assembler::unsqueeze(const Value& x, const std::vector<int64_t>& axes) {
  const Shape shape = shape_of(x);
  const int64_t rank = shape.rank() + std::ssize(axes);
  std::set<int64_t> news;
  for (int64_t axis : axes) {
    axis = axis < 0 ? axis + rank : axis;
    if (axis < 0 || axis >= rank || !news.insert(axis).second)
      throw Error(fmt::format("expected new axes of 0 to {}, each once", rank - 1));
  }
  if (x.is_known()) {
    std::vector<int64_t> sizes;
    for (int64_t axis = 0, old = 0; axis < rank; ++axis)
      sizes.push_back(news.contains(axis) ? 1 : shape[static_cast<int>(old++)]);
    return reshape(x, std::move(sizes));
  }
  Value result{.symbol = x.symbol};
  for (int64_t axis = 0, old = 0; axis < rank; ++axis)
    result.axes.push_back(news.contains(axis) ? AxisParts{} : x.axes[static_cast<size_t>(old++)]);
  return result;
}

Symbol Assembler::laid_like(const Value& x, const Value& like, int but) {
  const Shape own = shape_of(x);
  const Shape others = shape_of(like);
  // Each axis in as many as the other's has parts, in the order in which these are named.
  std::vector<int64_t> sizes;
  std::vector<int> parts;
  for (int axis = 0; axis < own.rank(); ++axis) {
    const AxisParts& of = like.axes[static_cast<size_t>(axis)];
    int64_t left = own[axis];
    for (const int part : of) {
      const bool is_own = axis == but || own[axis] != others[axis];
      const int64_t size = is_own ? left : part_size(like, part);
      sizes.push_back(size);
      left = is_own ? 1 : left;
      parts.push_back(part);
    }
    if (of.empty() && own[axis] != 1) throw Error("expected values that lie alike");
  }
  const Value fine = reshape(x, sizes);
  std::vector<AxisParts> groups(static_cast<size_t>(like.symbol.shape().rank()) + 1);
  for (size_t i = 0; i < parts.size(); ++i) groups[static_cast<size_t>(parts[i])] = fine.axes[i];
  return arranged(fine, groups);
}

}  // namespace thaw::foreign
