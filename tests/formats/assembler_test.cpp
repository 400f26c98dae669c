// The same operations on known numbers, which numpy's rules fold, and on a value that a network
// computes: the results are equal, whatever way axes were moved, split and joined on the way.
#include "thaw/formats/import/assembler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/engine.h"
#include "support/error_of.h"
#include "support/seed.h"
#include "thaw/graph/functional.h"
#include "thaw/train/model.h"

namespace thaw::foreign {
namespace {

using testing::contains;
using testing::engine;
using testing::error_of;

Tensor random_tensor(std::mt19937& random, Shape shape) {
  Tensor result(std::move(shape));
  std::uniform_real_distribution<float> numbers(-1, 1);
  for (float& value : result.values()) value = numbers(random);
  return result;
}

std::vector<int64_t> sizes_of(const Shape& shape) {
  return {shape.sizes().begin(), shape.sizes().end()};
}

/// Two values that are to stay equal.
struct Pair {
  Value known;
  Value symbol;
};

class Chain {
 public:
  explicit Chain(uint32_t seed) : random_(seed) {
    // An image with its channels first, which lies channels last.
    const Shape shape{1, pick(1, 6), pick(2, 5), pick(2, 5)};
    x_ = random_tensor(random_, shape);
    input_ = thaw::input({shape[2], shape[3], shape[1]}, "x");
    at_ = {Assembler::known(Array(x_)), {.symbol = input_, .axes = {{0}, {3}, {1}, {2}}}};
  }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      using Step = void (Chain::*)();
      constexpr Step all[] = {&Chain::transpose,   &Chain::reshape,   &Chain::slice,
                              &Chain::add_numbers, &Chain::double_up, &Chain::merge,
                              &Chain::reduce,      &Chain::multiply,  &Chain::pad,
                              &Chain::gather};
      (this->*all[pick(0, std::size(all) - 1)])();
    }
  }

  void expect_equal() {
    const Shape shape = make_.shape_of(at_.known);
    ASSERT_EQ(make_.shape_of(at_.symbol), shape) << trace_;
    // Words alone are taken back by asking for the axes in one list.
    const Value flat = make_.reshape(at_.symbol, {1, shape.elements()});
    const Symbol output = make_.output(flat);
    const Tensor image =
        make_.transpose(Assembler::known(Array(x_)), {0, 2, 3, 1}).constant->array.floats();
    const Model model(Functional(input_, output, "m"));
    const Tensor computed = model.predict(engine(), image);
    const Tensor expected = at_.known.constant->array.floats();
    ASSERT_EQ(computed.elements(), expected.elements()) << trace_;
    for (int64_t i = 0; i < expected.elements(); ++i)
      ASSERT_NEAR(computed.data()[i], expected.data()[i],
                  1e-5 * std::max(1.0F, std::abs(expected.data()[i])))
          << trace_ << " at " << i;
  }

 private:
  int64_t pick(int64_t lowest, int64_t highest) {
    return std::uniform_int_distribution<int64_t>(lowest, highest)(random_);
  }
  Shape shape() const { return make_.shape_of(at_.known); }
  template <typename Apply>
  void both(const std::string& what, Apply&& apply) {
    trace_ += what + " of " + shape().to_string() + "; ";
    at_.known = apply(at_.known);
    at_.symbol = apply(at_.symbol);
  }

  void transpose() {
    std::vector<int64_t> order(static_cast<size_t>(shape().rank()));
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
    std::shuffle(order.begin() + 1, order.end(), random_);
    both("transpose", [&](const Value& x) { return make_.transpose(x, order); });
  }

  void reshape() {
    int64_t left = shape().elements();
    std::vector<int64_t> sizes = {1};
    while (left > 1 && sizes.size() < 5) {
      std::vector<int64_t> divisors;
      for (int64_t size = 1; size <= left; ++size)
        if (left % size == 0) divisors.push_back(size);
      sizes.push_back(divisors[static_cast<size_t>(pick(0, std::ssize(divisors) - 1))]);
      left /= sizes.back();
    }
    if (left > 1) sizes.back() *= left;
    if (sizes.size() == 1) sizes.push_back(1);
    both("reshape", [&](const Value& x) { return make_.reshape(x, sizes); });
  }

  int long_axis() {
    for (int axis = 1; axis < shape().rank(); ++axis)
      if (shape()[axis] > 1) return axis;
    return 0;
  }

  void slice() {
    const int axis = long_axis();
    if (axis == 0) return;
    const int64_t size = shape()[axis];
    const int64_t begin = pick(0, size - 2);
    const int64_t step = pick(1, 2);
    both("slice", [&](const Value& x) { return make_.slice(x, axis, begin, size, step); });
  }

  void gather() {
    const int axis = long_axis();
    if (axis == 0) return;
    std::vector<int64_t> places;
    for (int64_t i = pick(1, 4); i > 0; --i) places.push_back(pick(0, shape()[axis] - 1));
    both("gather", [&](const Value& x) { return make_.gather(x, Array::list(places), axis); });
  }

  /// Sizes that can be repeated to the value's.
  Value numbers(const char* name) {
    std::vector<int64_t> sizes = sizes_of(shape());
    sizes[0] = 1;
    for (size_t axis = 1; axis < sizes.size(); ++axis)
      if (pick(0, 1) == 0) sizes[axis] = 1;
    while (sizes.size() > 1 && sizes[0] == 1 && pick(0, 1) == 0) sizes.erase(sizes.begin());
    return {.constant =
                Constant{Array(random_tensor(random_, Shape(sizes))), pick(0, 1) == 0 ? "" : name}};
  }

  void add_numbers() {
    const Value by = numbers("a.bias");
    const Binary how = pick(0, 1) == 0 ? Binary::add : Binary::subtract;
    const bool first = pick(0, 1) == 0;
    both("add " + make_.shape_of(by).to_string(), [&](const Value& x) {
      return first ? make_.binary(how, by, x) : make_.binary(how, x, by);
    });
  }

  void multiply() {
    const Value by = numbers("a.gamma");
    both("multiply " + make_.shape_of(by).to_string(),
         [&](const Value& x) { return make_.binary(Binary::multiply, x, by); });
  }

  /// With itself, moved: both lie otherwise.
  void merge() {
    if (shape().rank() < 3) return;
    std::vector<int64_t> order(static_cast<size_t>(shape().rank()));
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
    std::reverse(order.begin() + 1, order.end());
    const std::vector<int64_t> sizes = sizes_of(shape());
    both("merge", [&](const Value& x) {
      return make_.binary(Binary::add, x, make_.reshape(make_.transpose(x, order), sizes));
    });
  }

  void double_up() {
    if (shape().elements() > 2000) return;
    const int axis = static_cast<int>(pick(1, shape().rank() - 1));
    std::vector<int64_t> sizes = sizes_of(shape());
    sizes[0] = 1;
    const Value known = {.constant =
                             Constant{Array(random_tensor(random_, Shape(sizes))), "token"}};
    const int64_t what = pick(0, 2);
    both("concatenate", [&](const Value& x) {
      const std::vector<Value> parts = what == 0   ? std::vector<Value>{x, x}
                                       : what == 1 ? std::vector<Value>{known, x}
                                                   : std::vector<Value>{x, known, x, known};
      return make_.concatenate(parts, axis);
    });
  }

  void reduce() {
    if (shape().rank() < 3) return;
    const int axis = static_cast<int>(pick(1, shape().rank() - 1));
    const bool keeps = pick(0, 1) == 0;
    const Reduction how = pick(0, 1) == 0 ? Reduction::mean : Reduction::max;
    both("reduce", [&](const Value& x) { return make_.reduce(how, x, {axis}, keeps); });
  }

  void pad() {
    std::vector<int64_t> before(static_cast<size_t>(shape().rank()), 0);
    std::vector<int64_t> after = before;
    const auto axis = static_cast<size_t>(pick(1, shape().rank() - 1));
    before[axis] = pick(0, 2);
    after[axis] = pick(0, 1);
    both("pad", [&](const Value& x) { return make_.pad(x, before, after, "constant", 0.5); });
  }

  std::mt19937 random_;
  Assembler make_;
  Tensor x_;
  Symbol input_;
  Pair at_;
  std::string trace_;
};

TEST(Assembler, ComputesWhatNumpyWould) {
  const uint32_t seed = testing::seed_of_run();
  for (uint32_t i = 0; i < 300; ++i) {
    SCOPED_TRACE("chain " + std::to_string(seed + i));
    Chain chain(seed + i);
    try {
      chain.run(1 + static_cast<int>(i % 7));
      chain.expect_equal();
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
}

}  // namespace
}  // namespace thaw::foreign
