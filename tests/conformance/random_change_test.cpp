// What the layers that change images at random make of given numbers, as Keras does; what they draw
// is in drawn_change_test.cpp.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "support/config_json.h"
#include "support/golden_file.h"
#include "thaw/compile/lower.h"
#include "thaw/core/error.h"
#include "thaw/graph/functional.h"
#include "thaw/graph/layer_type.h"
#include "thaw/runtime/cpu/numerics/augment.h"
#include "thaw/runtime/cpu/numerics/image_change.h"
#include "thaw/runtime/cpu/numerics/mix.h"

namespace thaw {
namespace {

using testing::difference;
using testing::GoldenFile;

const GoldenFile& golden() {
  static const GoldenFile file("layers/random_changes.golden.gz");
  return file;
}

cpu::ImageSize size_of(const Tensor& images) {
  const Shape& shape = images.shape();
  return {shape[1], shape[2], shape[3]};
}

/// The one operation that Keras's config of a layer is lowered to.
template <typename Operation>
Operation operation_of(const std::string& class_name, const std::string& config,
                       const Tensor& images) {
  const Layer layer(layer_types::find(class_name)->from_config(testing::parse_json(config)));
  const Symbol x = input(images.shape().without_batch());
  const ops::Graph graph = lower(Functional(x, layer(x)));
  for (const ops::Node& node : graph.nodes)
    if (const auto* found = std::get_if<Operation>(&node.op)) return *found;
  throw Error("no such operation among " + std::to_string(graph.nodes.size()) + " nodes");
}

/// Rows of numbers, each filled up with zeros.
std::vector<cpu::DrawnNumbers> numbers_of(const Tensor& rows) {
  std::vector<cpu::DrawnNumbers> result(static_cast<size_t>(rows.shape()[0]));
  const auto width = static_cast<size_t>(rows.shape()[1]);
  for (size_t i = 0; i < result.size(); ++i)
    for (size_t j = 0; j < width; ++j) result[i][j] = rows.values()[i * width + j];
  return result;
}

/// A case of one layer, with the streams of noise that the golden file's script took.
struct GivenChange {
  explicit GivenChange(int64_t index)
      : prefix("case" + std::to_string(index) + "/"),
        class_name(golden().text(prefix + "class")),
        x(golden().array(prefix + "input")),
        op(class_name == "AutoContrast"
               ? auto_contrast()
               : operation_of<ops::RandomChange>(class_name, golden().text(prefix + "config"), x)),
        numbers(numbers_of(golden().array(prefix + "numbers"))) {
    for (uint64_t i = 0; i < numbers.size(); ++i) noise.emplace_back(9, i + 1);
  }

  cpu::ImageBatch images() const { return {x.shape()[0], size_of(x), numbers, noise}; }

  std::string prefix;
  std::string class_name;
  Tensor x;
  ops::RandomChange op;
  std::vector<cpu::DrawnNumbers> numbers;
  std::vector<Random> noise;

 private:
  /// The layer of that name is made of other operations, which run outside of fit too.
  ops::RandomChange auto_contrast() const {
    const Config config = testing::parse_json(golden().text(prefix + "config"));
    const auto& range = config.at("value_range").as_list();
    return {.kind = ops::RandomChange::Kind::auto_contrast,
            .limits = {static_cast<float>(range[0].as_number()),
                       static_cast<float>(range[1].as_number())}};
  }
};

void for_each_case(const std::function<void(const GivenChange&)>& check) {
  for (int64_t i = 0; i < golden().number("cases"); ++i) {
    const GivenChange given(i);
    SCOPED_TRACE(given.prefix + " " + given.class_name + " " +
                 golden().text(given.prefix + "config"));
    check(given);
  }
}

/// Values of up to 255 in float32, and sums of up to 15: a few units in the last place. The
/// corners' equations are solved in float32 there, which moves a place by some 1e-6 of the image's
/// width.
constexpr float rounding = 5e-6F;

TEST(RandomChanges, are_those_of_keras_for_the_same_numbers) {
  for_each_case([](const GivenChange& given) {
    Tensor y(given.x.shape());
    cpu::change(given.op, given.images(), given.x.values().data(), y.values().data());
    const auto result = difference(golden().array(given.prefix + "output"), y);
    EXPECT_LT(result.relative_to_one(), rounding) << result.to_string();
  });
}

TEST(RandomChanges, have_the_gradients_of_keras) {
  int checked = 0;
  for_each_case([&](const GivenChange& given) {
    const std::string name = given.prefix + "gradient";
    if (!golden().has(name)) return;
    ASSERT_TRUE(cpu::has_gradient(given.op.kind));
    const Tensor above = golden().array(given.prefix + "cotangent");
    Tensor gradient(given.x.shape());
    cpu::change_backward(given.op, given.images(), given.x.values().data(), above.values().data(),
                         gradient.values().data());
    const auto result = difference(golden().array(name), gradient);
    // Sums of up to 15 products of numbers below 1.
    EXPECT_LT(result.relative_to_one(), 2e-5F) << result.to_string();
    ++checked;
  });
  EXPECT_GE(checked, 15);
}

TEST(RandomChanges, a_view_in_perspective_has_the_gradient_of_its_map) {
  int checked = 0;
  for_each_case([&](const GivenChange& given) {
    if (given.class_name != "RandomPerspective") return;
    const Tensor above = golden().array(given.prefix + "cotangent");
    Tensor gradient(given.x.shape());
    cpu::change_backward(given.op, given.images(), given.x.values().data(), above.values().data(),
                         gradient.values().data());
    const auto product = [](const Tensor& a, const Tensor& b) {
      double sum = 0;
      for (size_t i = 0; i < a.values().size(); ++i)
        sum += double{a.values()[i]} * double{b.values()[i]};
      return sum;
    };
    // Without what lies beyond the image the map is linear: <A·x, g> = <x, Aᵀ·g>.
    ops::RandomChange bare = given.op;
    bare.fill_value = 0;
    Tensor y(given.x.shape());
    cpu::change(bare, given.images(), given.x.values().data(), y.values().data());
    const double expected = product(y, above);
    EXPECT_NEAR(product(given.x, gradient), expected, 1e-4 * std::max(1.0, std::abs(expected)));
    ++checked;
  });
  EXPECT_EQ(checked, 2);
}

/// The operation's members by the order in which the golden file's script names them.
std::vector<size_t> members_of(const ops::RandomAugment& op) {
  using Kind = ops::RandomChange::Kind;
  const size_t colors = op.views.size();
  const size_t changes = colors + op.colors.size();
  const auto find = [&](Kind kind) {
    const auto at = std::ranges::find(op.changes, kind, &ops::RandomChange::kind);
    return changes + static_cast<size_t>(at - op.changes.begin());
  };
  std::vector<size_t> members;
  for (const auto& is_it : std::vector<std::function<bool(const ops::RandomAffine&)>>{
           [](const auto& view) { return view.shears(); },
           [](const auto& view) { return view.shift_rows != ops::Range{}; },
           [](const auto& view) { return view.turn != ops::Range{}; }}) {
    members.push_back(
        static_cast<size_t>(std::ranges::find_if(op.views, is_it) - op.views.begin()));
  }
  const size_t brightness = op.colors[0].has_contrast() ? 1 : 0;
  members.push_back(colors + brightness);
  members.push_back(colors + 1 - brightness);
  for (const Kind kind : {Kind::posterize, Kind::solarize, Kind::auto_contrast, Kind::equalize,
                          Kind::fade, Kind::sharpen})
    members.push_back(find(kind));
  return members;
}

struct Augmentation {
  explicit Augmentation(const std::string& class_name, const std::string& config)
      : x(golden().array("augment/input")),
        op(operation_of<ops::RandomAugment>(class_name, golden().text(config), x)),
        members(members_of(op)) {}

  cpu::DrawnStep step(size_t number) const {
    return {members.at(number),
            numbers_of(golden().array("augment/numbers" + std::to_string(number)))};
  }
  Tensor run(const cpu::DrawnAugmentation& drawn) const {
    Tensor y(x.shape());
    cpu::augment(op, {x.shape()[0], size_of(x)}, drawn, x.values().data(), y.values().data());
    return y;
  }

  Tensor x;
  ops::RandomAugment op;
  std::vector<size_t> members;
};

TEST(RandAugment, chains_the_augmentations_of_keras) {
  const Augmentation given("RandAugment", "augment/config");
  ASSERT_EQ(given.members.size(), 11U);
  for (size_t i = 0; i < given.members.size(); ++i) {
    SCOPED_TRACE("steps " + std::to_string(i) + " and the next");
    const Tensor y = given.run({.chains = {{given.step(i), given.step((i + 1) % 11)}}});
    const auto result = difference(golden().array("augment/output" + std::to_string(i)), y);
    EXPECT_LT(result.relative_to_one(), rounding) << result.to_string();
  }
}

TEST(AugMix, mixes_its_chains_as_keras_does) {
  const Augmentation given("AugMix", "mix/config");
  const Tensor y =
      given.run({.chains = {{given.step(0), given.step(6), given.step(10)}, {}, {given.step(2)}},
                 .weights = {0.5F, 0.2F, 0.3F},
                 .own_weight = 0.25F});
  const auto result = difference(golden().array("mix/output"), y);
  EXPECT_LT(result.relative_to_one(), rounding) << result.to_string();
}

TEST(Mixes, are_those_of_keras_and_have_their_gradients) {
  const Tensor x = golden().array("mixes/input");
  const Tensor order = golden().array("mixes/order");
  const Tensor weight = golden().array("mixes/weight");
  const Tensor boxes = golden().array("mixes/boxes");
  std::vector<cpu::DrawnMix> drawn;
  for (size_t i = 0; i < weight.values().size(); ++i) {
    const auto box = boxes.values().subspan(4 * i, 4);
    drawn.push_back({.other = static_cast<int64_t>(order.values()[i]),
                     .weight = weight.values()[i],
                     .left = box[0],
                     .right = box[1],
                     .top = box[2],
                     .bottom = box[3]});
  }
  for (const auto kind : {ops::RandomMix::Kind::mix_up, ops::RandomMix::Kind::cut_mix}) {
    const bool is_mix_up = kind == ops::RandomMix::Kind::mix_up;
    Tensor y(x.shape());
    cpu::mix({.kind = kind}, size_of(x), drawn, x.values().data(), y.values().data());
    const auto result = difference(golden().array(is_mix_up ? "mixes/mix_up" : "mixes/cut_mix"), y);
    EXPECT_LT(result.relative_to_one(), rounding) << result.to_string();
    Tensor gradient(x.shape());
    cpu::mix_backward({.kind = kind}, size_of(x), drawn, y.values().data(),
                      gradient.values().data());
    // The mix is linear: <A·x, y> = <x, Aᵀ·y>, here with y = A·x.
    double squares = 0;
    double products = 0;
    for (size_t e = 0; e < x.values().size(); ++e) {
      squares += double{y.values()[e]} * double{y.values()[e]};
      products += double{x.values()[e]} * double{gradient.values()[e]};
    }
    EXPECT_NEAR(products, squares, 1e-5 * squares);
  }
}

}  // namespace
}  // namespace thaw
