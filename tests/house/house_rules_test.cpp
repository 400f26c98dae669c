// That each check of house.h finds what it is for, in small trees made for it.
#include <gtest/gtest.h>

#include "house/house.h"
#include "house/text.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"

namespace thaw::house {
namespace {

/// One finding, which holds `part`; or none, where `part` is empty.
::testing::AssertionResult finds(const Findings& findings, const std::string& part) {
  if (findings.size() == (part.empty() ? 0U : 1U) &&
      (part.empty() || findings[0].find(part) != std::string::npos))
    return ::testing::AssertionSuccess();
  auto failure = ::testing::AssertionFailure() << "expected \"" << part << "\", received:";
  for (const std::string& finding : findings) failure << "\n  " << finding;
  return failure;
}

/// A tree of two folders in which all is well: `low`, and `high`, which includes it.
class Tree {
 public:
  Tree() {
    put("ARCHITECTURE.md", page());
    put("src/thaw/low/low.h", "#include <string>\nnamespace thaw { struct Low {}; }\n");
    put("src/thaw/high/high.h",
        "#include \"thaw/low/low.h\"\nnamespace thaw { struct High {}; }\n");
  }

  static std::string page(const std::string& low = "–", const std::string& high = "low") {
    return "Kept in `src/thaw/`.\n| `low/` | below | " + low + " |\n| `high/` | above | " + high +
           " |\n";
  }
  void put(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file(folder_ / name, text);
  }
  House house() const { return House(folder_.path()); }

 private:
  thaw::testing::TemporaryFolder folder_;
};

TEST(HouseRules, a_tree_in_order_has_no_findings) {
  const Tree tree;
  const House house = tree.house();
  EXPECT_TRUE(finds(house.folders_and_table_agree(), ""));
  EXPECT_TRUE(finds(house.named_folders_exist(), ""));
  EXPECT_TRUE(finds(house.includes_are_allowed(), ""));
  EXPECT_TRUE(finds(house.allowances_are_used(), ""));
  EXPECT_TRUE(finds(house.table_has_no_circle(), ""));
  EXPECT_TRUE(finds(house.third_party_stays_with_its_owners(), ""));
  EXPECT_TRUE(finds(house.public_headers_are_closed({"thaw/low/low.h", "thaw/high/high.h"}), ""));
  EXPECT_TRUE(finds(house.definitions_are_single(), ""));
  EXPECT_TRUE(finds(house.files_are_at_most(400), ""));
  EXPECT_TRUE(finds(house.functions_are_at_most(50), ""));
  EXPECT_TRUE(finds(house.nothing_is_left_for_later(), ""));
}

TEST(HouseRules, a_folder_without_a_row_and_a_row_without_a_folder_are_found) {
  const Tree tree;
  tree.put("src/thaw/attic/a.h", "");
  tree.put("ARCHITECTURE.md", Tree::page() + "| `cellar/` | nothing | – |\n");
  const Findings findings = tree.house().folders_and_table_agree();
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_TRUE(finds({findings[0]}, "src/thaw/cellar"));
  EXPECT_TRUE(finds({findings[1]}, "src/thaw/attic"));
}

TEST(HouseRules, a_folder_that_is_named_and_nowhere_is_found) {
  const Tree tree;
  tree.put("ARCHITECTURE.md",
           Tree::page() + "Layers live in `low/layers/`, kinds in `<kind>s/`.\n");
  EXPECT_TRUE(finds(tree.house().named_folders_exist(), "low/layers/"));
}

TEST(HouseRules, an_include_that_the_table_does_not_allow_is_found) {
  const Tree tree;
  tree.put("src/thaw/low/back.cpp", "\n  #  include \"thaw/high/high.h\"\n");
  EXPECT_TRUE(finds(tree.house().includes_are_allowed(),
                    "src/thaw/low/back.cpp:2: low/ may not include thaw/high/high.h"));
}

TEST(HouseRules, an_allowance_that_nobody_uses_is_found) {
  const Tree tree;
  tree.put("src/thaw/high/high.h", "");
  EXPECT_TRUE(finds(tree.house().allowances_are_used(), "high/ may include low"));
}

TEST(HouseRules, a_circle_is_found) {
  const Tree tree;
  tree.put("ARCHITECTURE.md", Tree::page("high", "low"));
  EXPECT_TRUE(finds(tree.house().table_has_no_circle(), "circle"));
}

TEST(HouseRules, a_library_outside_its_owners_folder_is_found) {
  const Tree tree;
  tree.put("src/thaw/low/fast.cpp", "#include <dnnl.hpp>\n");
  EXPECT_TRUE(finds(tree.house().third_party_stays_with_its_owners(),
                    "src/thaw/low/fast.cpp:1: <dnnl.hpp> belongs in runtime/cpu/"));
}

TEST(HouseRules, a_public_header_that_shows_a_library_or_a_private_header_is_found) {
  const Tree tree;
  tree.put("src/thaw/low/low.h", "#include <fmt/format.h>\n");
  EXPECT_TRUE(
      finds(tree.house().public_headers_are_closed({"thaw/low/low.h"}), "shows fmt/format.h"));
  EXPECT_TRUE(finds(tree.house().public_headers_are_closed({"thaw/high/high.h"}),
                    "includes thaw/low/low.h"));
}

TEST(HouseRules, a_class_that_is_defined_twice_is_found) {
  const Tree tree;
  tree.put("src/thaw/high/other.cpp",
           "namespace thaw {\nnamespace { struct Low {}; }\n"
           "void f() { struct Low {}; }\nstruct High { enum class Low { a }; };\n}\n");
  EXPECT_TRUE(finds(tree.house().definitions_are_single(),
                    "src/thaw/high/other.cpp:4: thaw::High is defined in"));
}

TEST(HouseRules, a_file_and_a_function_that_are_too_long_are_found) {
  const Tree tree;
  tree.put("src/thaw/low/long.cpp",
           "// { not a block\nint f(int x) {\n  for (int i = 0; i < x; ++i) {\n    x += '{';\n  }\n"
           "  return x;\n}\nconst int table[] = {\n  1,\n  2,\n  3,\n  4,\n  5,\n};\n");
  EXPECT_TRUE(finds(tree.house().functions_are_at_most(6), ""));
  EXPECT_TRUE(finds(tree.house().functions_are_at_most(5),
                    "src/thaw/low/long.cpp:2: expected a function of at most 5"));
  EXPECT_TRUE(finds(tree.house().files_are_at_most(13), "received 14"));
}

TEST(HouseRules, what_is_left_for_later_is_found) {
  const Tree tree;
  tree.put("tests/low/low_test.cpp", std::string("// ") + "TO" + "DO: more\n");
  EXPECT_TRUE(finds(tree.house().nothing_is_left_for_later(), "tests/low/low_test.cpp:1"));
}

TEST(HouseRules, heads_of_types_and_functions_are_told_apart) {
  EXPECT_EQ(defined_type("struct Shape"), "Shape");
  EXPECT_EQ(defined_type("template <typename T>\nclass Table final : public Base<T>"), "Table");
  EXPECT_EQ(defined_type("enum class Kind : int"), "Kind");
  EXPECT_EQ(defined_type("struct State::Inner"), "");
  EXPECT_EQ(defined_type("Shape shape(struct Other o)"), "");
  EXPECT_TRUE(is_function("int Model::size() const"));
  EXPECT_TRUE(is_function("Model::Model(int a) : a_(a)"));
  EXPECT_TRUE(is_function("auto f = [&](int x) -> float"));
  EXPECT_FALSE(is_function("if (x > 0)"));
  EXPECT_FALSE(is_function("namespace thaw"));
  EXPECT_FALSE(is_function("constexpr int table[] ="));
}

}  // namespace
}  // namespace thaw::house
