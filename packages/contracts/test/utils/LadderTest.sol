// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {Rule, RuleParams} from "../../src/interfaces/IMarketAdmin.sol";
import {BackstopRules, MarketRules} from "../../src/types/Market.sol";
import {Position} from "../../src/types/Position.sol";
import {Price} from "../../src/types/Units.sol";
import {changeRule} from "./RuleChange.sol";
import {StubMakerTest} from "./StubMakerTest.sol";

/// @dev Fixture of the solvency ladder. Positions are opened at 2,000 against a maker that trades at any price that a
/// test sets. Margin ratios are 10% and 6.25%, the penalty is 2.5%, the liquidator's share of it 50% and the bounty 5.
abstract contract LadderTest is StubMakerTest {
    uint256 internal constant PENALTY = 25_000;
    uint256 internal constant BOUNTY = 5e18;
    uint256 internal constant WINDOW = 1 hours;

    address internal carol = makeAddr("carol");
    /// @dev Every account that can have value in the market.
    address[] internal accounts;
    /// @dev WAD quote that rounding of fees may have left in the market; zero without fees.
    int256 internal feeDust;

    function setUp() public virtual override {
        super.setUp();
        fund(carol, 1_000_000 * USD);
        fund(keeper, 10_000_000 * USD);
        addMargin(keeper, 1_000_000 * USD);
        address[9] memory all =
            [alice, bob, carol, keeper, stranger, address(om), address(shb), maker, backstop.SETTLEMENT_ACCOUNT()];
        for (uint256 i = 0; i < all.length; ++i) {
            accounts.push(all[i]);
        }
    }

    // -------------------------------------------------------------------------------------------------- actions ----

    /// @dev Opens at 2,000 against the stub.
    function long(address account, uint256 margin, uint256 size) internal {
        addMargin(account, margin);
        buy(account, maker, size);
    }

    function short(address account, uint256 margin, uint256 size) internal {
        addMargin(account, margin);
        sell(account, maker, size);
    }

    /// @dev Sets a new price of the oracle and of the stub maker.
    function jump(uint256 price) internal {
        skip(1);
        setPrice(price);
        stub.setPrice(price);
    }

    function jumpWithPool(uint256 price) internal {
        jump(price);
        spot.moveTo(price);
    }

    function donate(uint256 amount) internal {
        vm.prank(keeper);
        vault.donate(market, amount);
    }

    /// @dev The keeper takes over as much as it may.
    function takeOver(address account) internal returns (uint256 base, uint256 reward) {
        return liquidateAs(keeper, params(account, address(0)));
    }

    function closeAgainst(address account, address against) internal returns (uint256 base, uint256 reward) {
        return liquidateAs(keeper, params(account, against));
    }

    function liquidateAs(address sender, LiquidationParams memory p) internal returns (uint256 base, uint256 reward) {
        vm.prank(sender);
        return house.liquidate(p);
    }

    /// @dev A liquidation by the keeper without bounds.
    function params(address account, address against) internal view returns (LiquidationParams memory) {
        return LiquidationParams({
            marketId: market,
            account: account,
            liquidator: keeper,
            maker: against,
            amount: type(uint256).max,
            minReward: 0,
            priceBound: 0
        });
    }

    /// @dev Names the makers of the fixture.
    function deleverage(address account) internal returns (uint256) {
        address[] memory makers = new address[](3);
        (makers[0], makers[1], makers[2]) = (address(om), address(shb), maker);
        return deleverage(account, makers);
    }

    function deleverage(address account, address counterparty) internal returns (uint256) {
        address[] memory counterparties = new address[](1);
        counterparties[0] = counterparty;
        return deleverage(account, counterparties);
    }

    function deleverage(address account, address[] memory counterparties) internal returns (uint256) {
        vm.prank(stranger);
        return backstop.deleverage(market, account, counterparties);
    }

    /// @dev The window before hedged vaults and bad debt passes. The price is unchanged and published again.
    function passWindow(address account) internal {
        backstop.flagShortfall(market, account);
        skip(WINDOW - 1);
        jump(stub.price());
    }

    /// @dev {deleverage} after the window: hedged vaults take part.
    function deleverageAfterWindow(address account) internal returns (uint256) {
        passWindow(account);
        return deleverage(account);
    }

    function setRules(RuleParams memory rules) internal {
        vm.prank(owner());
        house.setRules(market, rules);
    }

    function setRule(Rule rule, uint256 value) internal {
        RuleParams memory rules = currentRules();
        changeRule(rules, rule, value);
        setRules(rules);
    }

    /// @dev Returns when the minimum is in force, at an unchanged price.
    function setMinPositionValue(uint96 minPositionValue) internal {
        setRule(Rule.MinPositionValue, minPositionValue);
        skip(1 days);
        jump(stub.price());
    }

    /// @dev The stub withdraws its whole margin.
    function withdrawStub() internal returns (uint256 amountXCD) {
        amountXCD = uint256(marginOf(maker)) / 1e12;
        vm.prank(maker);
        vault.payOutMargin(market, amountXCD, stranger);
    }

    // ---------------------------------------------------------------------------------------------------- reads ----

    /// @dev The current rules, as a base for changes.
    function currentRules() internal view returns (RuleParams memory) {
        MarketRules memory r = house.rulesOf(market);
        BackstopRules memory b = house.backstopRulesOf(market);
        return RuleParams({
            priceBand: r.priceBand,
            tradingFee: r.tradingFee,
            liquidationPenalty: r.liquidationPenalty,
            liquidatorShare: r.liquidatorShare,
            minPositionValue: r.minPositionValue,
            liquidationBounty: b.liquidationBounty,
            deleverageWindow: b.deleverageWindow,
            settlementDelay: b.settlementDelay
        });
    }

    function insurance() internal view returns (int256) {
        return d.lens.marketOf(market).insurance;
    }

    /// @dev Account value at the stored price, WAD, also when it is too old for {valueOf}.
    function valueAt(address account, uint256 price) internal view returns (int256) {
        (int256 funding, int256 borrowing) = d.lens.pendingFeesOf(market, account);
        return positionOf(account).value(Price.wrap(price)).unwrap() - funding - borrowing;
    }

    /// @dev Whether an event was emitted since `vm.recordLogs()`.
    function hasEvent(bytes32 topic) internal returns (bool) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == topic) return true;
        }
        return false;
    }

    // --------------------------------------------------------------------------------------------------- asserts ----

    /// @dev L1, L2 and L3.
    function assertLaws() internal view {
        int256 sizes;
        int256 money = insurance();
        uint256 owed = d.lens.marketOf(market).balance;
        for (uint256 i = 0; i < accounts.length; ++i) {
            Position memory position = positionOf(accounts[i]);
            sizes += position.size.unwrap();
            (int256 funding, int256 borrowing) = d.lens.pendingFeesOf(market, accounts[i]);
            money += position.margin.unwrap() + position.openNotional.unwrap() - funding - borrowing;
            owed += vault.fundOf(accounts[i]);
        }
        assertEq(sizes, 0, "L1");
        // Without prices the law holds to the last wei.
        int256 balance = int256(d.lens.marketOf(market).balance * vault.assetScale());
        assertLe(money, balance, "L2: in an account's favour");
        assertGe(money + feeDust, balance, "L2");
        assertEq(usd.balanceOf(address(vault)), owed, "L3");
        assertValuesAddUpAt(balance, 1);
        assertValuesAddUpAt(balance, 1234.56789e18);
        assertValuesAddUpAt(balance, 1e24 + 1);
        assertEq(vault.lockHolder(), address(0), "locked");
    }

    function assertValuesAddUpAt(int256 balance, uint256 price) private view {
        int256 sum = insurance();
        for (uint256 i = 0; i < accounts.length; ++i) {
            sum += valueAt(accounts[i], price);
        }
        assertLe(sum, balance, "L2: dust in favour of an account");
        assertGe(sum + int256(accounts.length) + feeDust, balance, "L2: more than dust is missing");
    }

    function assertFlatAndEmpty(address account) internal view {
        Position memory position = positionOf(account);
        assertEq(position.size.unwrap(), 0, "size");
        assertEq(position.margin.unwrap(), 0, "margin");
        assertEq(position.openNotional.unwrap(), 0, "open notional");
    }
}
