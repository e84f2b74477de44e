"""What the shop sells: known from its first sale, counted, put in order by its managers, by lines and by buttons."""

from sqlmodel import col, select

from db.purchases import Product, PurchaseLine
from tests.people import Play
from tests.tables import everything

REFUSED = {
    "/products sell tea": "Please write it like this: /products merge",
    "/products merge tea": "Please write it like this: /products merge",
    "/products merge > tea": "Please write it like this: /products merge",
    "/products merge tee > tea": "There is no product “tee” yet",
    "/products merge tea > tee": "There is no product “tee” yet",
    "/products merge tea > TEA": "“tea” is that product already.",
    "/products category tea": "Please write it like this: /products category",
    f'/products category tea "{"c" * 61}"': "has 1 to 60 characters",
    "/products category tee drinks": "There is no product “tee” yet",
    "/products lasts tea": "Please write it like this: /products lasts",
    "/products lasts tea 0": "whole number of days from 1 to 1,000",
    "/products lasts tea 1001": "whole number of days",
    "/products lasts tea 1.5": "whole number of days",
    "/products lasts tea soon": "whole number of days",
}


async def test_products_are_listed_by_how_often_they_are_bought(play: Play) -> None:
    await play.member("Ann")
    assert "No products yet" in (await play.owner.says("/products"))[0]
    for line in ("20 tea*3 cup", "20 tea", '20 "Green cup"'):
        await play.clerk.says(f"/sale @ann {line}")
    await play.clerk.taps("Undo")
    [page] = await play.owner.says("商品")
    assert page.splitlines() == [
        "Products, the most bought first",
        "tea · 4 sold",
        "cup · 1 sold",
        "Green cup · 0 sold",
        "Tap one to change it.",
    ]
    assert "not available" in (await play.clerk.says("/products"))[0]


async def test_many_products_are_shown_page_by_page(play: Play) -> None:
    await play.member("Ann")
    await play.clerk.says(f"/sale @ann 20 {' '.join(f'tea{n:02}' for n in range(20))}")
    assert "tea14" in (await play.owner.says("/products"))[0]
    [second] = await play.owner.taps("→")
    assert "tea15" in second
    assert "tea14" not in second
    assert "tea14" in (await play.owner.taps("←"))[0]


async def test_a_merged_product_takes_its_history_along_and_its_name_stands_for_the_other(play: Play) -> None:
    ann = await play.member("Ann")
    for line in ("20 tee*2", "20 tea*3", "20 thee"):
        await play.clerk.says(f"/sale @ann {line}")
    await play.owner.says("/products merge thee > tee")
    [done] = await play.owner.says('/products merge "Tee" > “tea”')
    assert done.splitlines() == [
        "“tee” is another name of “tea” now, and what was sold of it counts there.",
        "tea · 6 sold",
    ]
    await play.clerk.says("/sale @ann 20 THEE*4")
    assert "· tea × 4" in ann.heard()[-1]
    assert "tea · 10 sold" in (await play.owner.says("/products"))[0]
    ids = await play.database.read(lambda s: set(s.exec(select(PurchaseLine.product_id)).all()))
    assert len(ids) == 1
    assert "merged the product “tee” into “tea”" in (await play.owner.says("/audit"))[0]


async def test_a_product_has_a_category_and_lasts_for_some_days(play: Play) -> None:
    await play.member("Ann")
    await play.clerk.says('/sale @ann 20 "Green tea"')
    assert "Green tea · 1 sold · drinks" in (await play.owner.says("/products category Green tea drinks"))[0]
    [both] = await play.owner.says('/products lasts "green  TEA" ３０天')
    assert both == "Green tea · 1 sold · drinks · lasts 30 days"
    await play.owner.says('/products category "Green tea" none')
    assert (await play.owner.says("/products 能用 Green tea 无")) == ["Green tea · 1 sold"]


async def test_a_wrong_line_gets_one_sentence_and_changes_nothing(play: Play) -> None:
    await play.member("Ann")
    await play.clerk.says("/sale @ann 20 tea")
    await play.owner.says("/start")
    before = await play.database.read(everything, "inbox")
    for line, says in REFUSED.items():
        [refusal] = await play.owner.says(line)
        assert says in refusal, line
        assert "\n" not in refusal, line
    assert await play.database.read(everything, "inbox") == before


async def test_all_of_it_goes_by_buttons(play: Play) -> None:
    await play.member("Ann")
    await play.clerk.says('/sale @ann 20 "Gren tea" "Green tea" cup')
    await play.owner.says("/products")
    await play.owner.taps("Green tea")
    await play.owner.taps("Category")
    assert (await play.owner.says("drinks")) == ["Green tea · 1 sold · drinks"]
    await play.owner.taps("How long")
    assert "whole number of days" in (await play.owner.says("long"))[0]
    assert "lasts 30 days" in (await play.owner.says("30"))[0]
    await play.owner.taps("Category")
    assert (await play.owner.taps("None")) == ["Green tea · 1 sold · lasts 30 days"]
    await play.owner.taps("All products")
    await play.owner.taps("Gren tea")
    await play.owner.taps("Same as another")
    [sure] = await play.owner.taps("Green tea")
    assert "“Gren tea” becomes another name of “Green tea”" in sure
    [done] = await play.owner.taps("Confirm")
    assert "“Gren tea” is another name of “Green tea” now" in done
    names = await play.database.read(
        lambda s: s.exec(select(Product.name).where(col(Product.merged_into).is_not(None))).all()
    )
    assert names == ["Gren tea"]
