#include "thaw/ops/op.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/error_of.h"
#include "support/member_count.h"
#include "thaw/core/fields.h"
#include "thaw/ops/graph.h"

namespace thaw {
namespace {

using testing::error_of;

/// Calls `body(operation)` with each operation of the vocabulary as it is made first.
template <typename Body, typename... Operations>
void for_each(const std::variant<Operations...>*, const Body& body) {
  (body(Operations()), ...);
}
const ops::Op* const vocabulary = nullptr;

TEST(Op, every_member_is_among_its_fields) {
  for_each(vocabulary, []<typename Operation>(const Operation& op) {
    EXPECT_EQ(fields::names(op).size(), testing::member_count<Operation>()) << Operation::name;
  });
}

TEST(Op, every_operation_has_a_name_and_words_of_its_own) {
  std::set<std::string> names;
  for_each(vocabulary, [&](const auto& op) {
    EXPECT_TRUE(names.insert(std::string(ops::name(op))).second) << op.name;
    EXPECT_FALSE(op.words(Shape{1, 1, 1}).empty()) << op.name;
  });
  EXPECT_EQ(names.size(), std::variant_size_v<ops::Op>);
}

TEST(Op, words_tell_kinds_apart) {
  const Shape image{4, 4, 8};
  EXPECT_EQ(ops::words(ops::Conv2D{}, image), "convolution");
  EXPECT_EQ(ops::words(ops::Conv2D{.groups = 8}, image), "depthwise convolution");
  EXPECT_EQ(ops::words(ops::Conv2D{.groups = 2}, image), "grouped convolution");
  EXPECT_EQ(ops::words(ops::Conv2D{.winograd = true}, image), "Winograd convolution");
  EXPECT_EQ(ops::words(ops::Binary{ops::Binary::Kind::multiply, {}}, image), "product");
}

TEST(Op, a_wrong_number_of_inputs_is_an_error) {
  const Shape x{4, 4, 3};
  EXPECT_EQ(error_of([&] {
              (void)ops::output_shape(ops::Conv2D{.has_bias = true}, {&x, 1});
            }),
            "Conv2D: expected 3 inputs, received 1");
  EXPECT_EQ(error_of([] { (void)ops::output_shape(ops::Concatenate{}, {}); }),
            "Concatenate: expected one or more inputs, received 0");
}

}  // namespace
}  // namespace thaw
