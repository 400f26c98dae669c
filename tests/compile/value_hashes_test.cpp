#include "thaw/compile/value_hashes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "support/ops_graph.h"
#include "thaw/core/fields.h"

namespace thaw {
namespace {

using ops::Value;
using testing::filled;
using testing::weight;

std::string hash(const ops::Graph& graph) {
  return value_hashes(graph)[static_cast<size_t>(graph.outputs.at(0).index)];
}

/// conv(x) with these attributes over 4×4 pixels of 2 channels.
std::string hash(const ops::Conv2D& op, float number = 0.5F, const std::string& scope = "conv") {
  ops::Builder builder;
  builder.set_scope(scope);
  const Value x = builder.input({4, 4, 2});
  return hash(builder.finish({builder.conv_2d(x, filled(builder, {1, 1, 2, 2}, number), op)}));
}

TEST(ValueHashes, are_those_of_the_function_and_the_same_in_every_run) {
  // Written down: a cache of features on disk is found by them.
  EXPECT_EQ(hash(ops::Conv2D{}), "aa723d0c924c6a1c415793c02a3fdec7");
  EXPECT_EQ(hash(ops::Conv2D{}), hash(ops::Conv2D{}, 0.5F, "another name"));
}

TEST(ValueHashes, differ_by_every_attribute) {
  std::set<std::string> hashes = {hash(ops::Conv2D{})};
  const std::vector<std::function<void(ops::Conv2D&)>> edits = {
      [](ops::Conv2D& op) { op.strides.height = 2; },
      [](ops::Conv2D& op) { op.strides.width = 2; },
      [](ops::Conv2D& op) { op.dilations.height = 2; },
      [](ops::Conv2D& op) { op.padding.top = 1; },
      [](ops::Conv2D& op) { op.padding.bottom = 1; },
      [](ops::Conv2D& op) { op.winograd = true; },
      [](ops::Conv2D& op) { op.activation = "relu"; },
      [](ops::Conv2D& op) { op.activation = "relu6"; },
      [](ops::Conv2D& op) { op.activation.negative_slope = std::numeric_limits<float>::min(); }};
  for (const auto& edit : edits) {
    ops::Conv2D op;
    edit(op);
    EXPECT_TRUE(hashes.insert(hash(op)).second) << fields::exact_text(op);
  }
  EXPECT_TRUE(hashes.insert(hash(ops::Conv2D{}, std::nextafter(0.5F, 1.0F))).second);
}

/// An edit for a field of any kind.
void change(bool& field) { field = !field; }
void change(int& field) { ++field; }
void change(int64_t& field) { ++field; }
void change(float& field) { field = std::nextafter(field, 100.0F); }
void change(Shape& field) { field = field.with_batch(1); }
void change(Tensor& field) { field = Tensor::full({2}, 9); }
void change(VariablePtr& field) { field = testing::variable(field->shape(), {7}); }
template <typename T>
void change(std::vector<T>& field) {
  field.push_back(T());
}
template <typename T>
requires std::is_enum_v<T>
void change(T& field) { field = static_cast<T>(static_cast<int>(field) + 1); }
template <fields::Described T>
void change(T& field) {
  bool is_first = true;
  field.fields([&](const char*, auto& inner) {
    if (std::exchange(is_first, false)) change(inner);
  });
}

std::string hash_alone(ops::Op op) {
  ops::Graph graph;
  graph.nodes.push_back({std::move(op), {}, {}, ""});
  return value_hashes(graph)[0];
}

template <typename Operation>
void expect_each_field_counts(Operation first) {
  if constexpr (std::is_same_v<Operation, ops::Weight>)
    first = {testing::variable({1}, {1}), {1}, false};
  const auto names = fields::names(first);
  for (size_t i = 0; i < names.size(); ++i) {
    Operation edited = first;
    size_t at = 0;
    edited.fields([&](const char*, auto& field) {
      if (at++ == i) change(field);
    });
    const bool is_the_same = hash_alone(edited) == hash_alone(first);
    // Of a weight only its numbers count, not who may change them; its shape must be theirs.
    const bool may_be = std::is_same_v<Operation, ops::Weight> && names[i] == "trainable";
    EXPECT_EQ(is_the_same, may_be) << Operation::name << " " << names[i];
  }
}

template <typename... Operations>
void expect_each_field_counts_of_all(const std::variant<Operations...>*) {
  (expect_each_field_counts(Operations()), ...);
}

TEST(ValueHashes, differ_by_each_field_of_each_operation) {
  expect_each_field_counts_of_all(static_cast<const ops::Op*>(nullptr));
}

TEST(ValueHashes, tell_inputs_and_their_order_apart) {
  const auto difference = [](bool turned) {
    ops::Builder builder;
    const Value a = builder.input({2});
    const Value b = builder.input({2});
    return hash(builder.finish({turned ? builder.binary(ops::Binary::Kind::subtract, b, a)
                                       : builder.binary(ops::Binary::Kind::subtract, a, b)}));
  };
  EXPECT_NE(difference(false), difference(true));
}

TEST(ValueHashes, follow_the_weights_of_this_moment) {
  ops::Builder builder;
  const VariablePtr variable = testing::variable({1, 2}, {1, 2});
  const Value x = builder.input({1});
  const ops::Graph graph =
      builder.finish({builder.matmul(x, builder.weight(variable, false, {1, 2}))});
  const std::string before = hash(graph);
  variable->assign(Tensor::from({1, 2}, std::vector<float>{1, 3}));
  EXPECT_NE(hash(graph), before);
}

TEST(ValueHashes, are_found_again_in_a_larger_graph) {
  const auto build = [](bool goes_on) {
    ops::Builder builder;
    if (goes_on) builder.set_scope("other");
    const Value x = builder.input({3});
    const Value y = builder.matmul(x, filled(builder, {3, 2}, 1));
    return builder.finish({y, goes_on ? builder.activation(y, "relu") : y});
  };
  EXPECT_EQ(hash(build(false)), hash(build(true)));
}

}  // namespace
}  // namespace thaw
