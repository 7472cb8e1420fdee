// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {Vault} from "../../src/Vault.sol";
import {IClearingHouse, LiquidationParams} from "../../src/interfaces/IClearingHouse.sol";
import {ICircuitBreaker} from "../../src/interfaces/ICircuitBreaker.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IPriceOracle} from "../../src/interfaces/IPriceOracle.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Order, OrderRequest} from "../../src/types/Order.sol";
import {OrderGatewayFixture} from "../gateways/OrderGateway.t.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {SecondSourceTest} from "../utils/SecondSourceTest.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev Attacks of docs/security.md that need more than one part of the exchange, each played to its end: what all of the
/// attacker's accounts are worth together afterwards, fees included, is no more than before, and nobody else has less.

/// @dev T2: the pool that an attacker leaves with inventory sets no rate.
contract FarmedFundingTest is ExchangeTest {
    address private carol = makeAddr("carol");

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.funding.maxRate = uint64(uint256(1e18) / 1 days / 10);
        c.funding.maxVelocity = c.funding.maxRate / 6 hours;
        c.funding.skewScale = 100e18;
        c.market.feeIndexDecimals = 12;
    }

    function setUp() public override {
        super.setUp();
        fund(carol, 100_000 * USD);
        vm.prank(owner());
        om.setValidSender(carol, true);
        addMargin(alice, 100_000 * USD);
        addMargin(bob, 100_000 * USD);
        addMargin(carol, 100_000 * USD);
        buy(bob, address(om), 5e18);
    }

    /// @dev Long at one maker, closed at the other: the first maker is left short 90, the attacker flat. Its second account
    /// waits as a short for the longs to pay it for that.
    function test_T2_InventoryLeftInOnePool_FarmsNothing() public {
        uint256 state = vm.snapshotState();
        _pass(10 days);
        int256 untouched = valueOf(bob);
        vm.revertToState(state);

        int256 before = valueOf(alice) + valueOf(carol);
        buy(alice, address(om), 90e18);
        sell(alice, address(shb), 90e18);
        assertEq(sizeOf(alice), 0);
        assertEq(sizeOf(address(om)), -95e18, "inventory");
        sell(carol, address(om), 10e18);
        _pass(10 days);
        (int256 funding,) = vault.pendingFeesOf(market, carol);
        assertGe(funding, 0, "paid by a skew that is not there");
        close(carol, address(om));
        assertLe(valueOf(alice) + valueOf(carol), before, "the attacker gained");
        assertGe(valueOf(bob), untouched, "the victim paid");
    }

    function _pass(uint256 time) private {
        skip(time);
        setPrice(START_PRICE);
        house.accrue(market);
    }
}

/// @dev T12: the second source stands where the market was.
contract MovedReferenceTest is SecondSourceTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.feed.maxDeviation = 5_000;
    }

    /// @dev The attacker moves the market that the first source looks at, opens all it can at the moved price, which no
    /// fill of its own moves, and moves the market back.
    function testFuzz_T12_MovedReferenceMarketEarnsNothing(uint256 price, uint256 size) public {
        price = bound(price, 1500e18, 2600e18) / 1e10 * 1e10;
        size = bound(size, 1e15, 489e18);
        addMargin(alice, 1_000_000 * USD);
        addMargin(bob, 20_000 * USD);
        buy(bob, address(om), 10e18);
        (int256 before, int256 victim, uint256 share) = (valueOf(alice), valueOf(bob), om.sharePrice());
        int256 paid = _move(price);
        bool isLow = price < START_PRICE;
        vm.prank(alice);
        try house.trade(order(alice, address(om), !isLow, !isLow, size)) {}
        catch (bytes memory reason) {
            assertEq(bytes4(reason), IPriceOracle.SourcesDisagree.selector);
        }
        paid += _move(START_PRICE);
        if (sizeOf(alice) != 0) close(alice, address(om));
        // What the two sources may differ by without being stopped, and nothing else, is the bound on what is to be had;
        // the way there and back costs the pool's fee on what has to be traded.
        int256 tolerated = int256(size * START_PRICE / 1e18) * 5_000 / 1e6 + 1e18;
        int256 deviation = int256(isLow ? START_PRICE - price : price - START_PRICE) * 1e6 / int256(START_PRICE);
        int256 gained = valueOf(alice) - before;
        if (deviation > 5_100) {
            assertLe(gained - paid, 0, "the attacker gained");
            assertEq(gained, 0, "it traded");
            assertGe(om.sharePrice(), share, "LPs paid");
        } else {
            assertLe(gained, tolerated, "more than the sources may differ by");
        }
        assertEq(valueOf(bob), victim, "the victim paid");
    }

    /// @dev Moves the pool, and the first source with it. What that costs at the price before, WAD.
    function _move(uint256 price) private returns (int256) {
        (int256 a0, int256 a1) = spot.moveTo(price);
        (int256 base, int256 quote) = spot.baseIsToken0() ? (a0, a1) : (a1, a0);
        skip(1);
        setPrice(price);
        second.push(2000e8, timestamp());
        return base * 2000 + quote * 1e12;
    }
}

/// @dev T22, T35: what a taker abandons.
contract AbandonedPositionTest is LadderTest {
    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.oracleMaker.maxAbsPosition = 60e18;
    }

    /// @dev T22: a position that nobody wants is not pushed into an LP vault beyond its cap, and what of it the vault does
    /// take is taken at the vault's own price, so that its LPs lose nothing by taking it.
    function test_T22_MakerInheritsNoMoreThanItsCapAndAtItsPrice() public {
        long(alice, 20_000 * USD, 100e18);
        jump(1850e18);
        uint256 share = om.sharePrice();
        LiquidationParams memory p = params(alice, address(om));
        p.amount = 61e18;
        vm.expectRevert(abi.encodeWithSelector(IMaker.MakerCapacityExceeded.selector, 61e18, 60e18));
        liquidateAs(keeper, p);
        int256 before = valueOf(keeper);
        p.amount = 50e18;
        liquidateAs(keeper, p);
        assertEq(sizeOf(address(om)), 50e18);
        assertGe(om.sharePrice(), share, "LPs paid for a position that was pushed at them");
        assertGe(valueOf(keeper), before, "a liquidator is not out of pocket");
        assertLaws();
    }

    /// @dev T35: two accounts of one owner trade at the worst price that the band lets through, and the loser is left to
    /// its fate when the market moves against it. A move by less than the initial margin is what L6 is to bear: whatever
    /// the price of the trade, nothing has been taken out of that margin.
    function testFuzz_T35_AbandonedLoserCostsInsuranceNothing(uint256 tradePrice, uint256 later) public {
        tradePrice = bound(tradePrice, 1900e18, 2100e18);
        later = bound(later, 1800e18, 2000e18) / 1e10 * 1e10;
        donate(50_000 * USD);
        int256 fundOf_ = insurance();
        addMargin(alice, 30_000 * USD);
        // The other account is the one that trades at whatever price it is told.
        int256 before = valueOf(alice) + valueOf(maker);
        uint256 shares = om.sharePrice();
        stub.setPrice(tradePrice);
        buy(alice, maker, 100e18);
        assertGe(valueOf(alice), 20_000e18, "L6: initial margin of 200,000");
        jump(later);
        if (valueOf(alice) < int256(later * 100 * 62_500 / 1e6)) takeOver(alice);
        assertLe(valueOf(alice) + valueOf(maker), before, "the attacker gained");
        assertGe(insurance(), fundOf_, "insurance paid");
        assertGe(om.sharePrice(), shares, "LPs paid");
        assertLaws();
    }
}

/// @dev T26: a real order of the attacker's own, executed by itself, and what it tries before the transaction is over.
contract OwnExecutionPriceTest is OrderGatewayFixture {
    function test_T26_OwnOrdersPrice_NeitherLiquidatesNorFreesMargin() public {
        addMargin(bob, 20_000 * USD);
        buy(bob, address(om), 50e18);
        sell(alice, address(om), 50e18);
        OrderRequest memory r = request(address(om), false);
        r.amount = 1e15;
        (uint256 id, Order memory o) = create(r);
        vm.warp(o.executableAt + 1);
        setPrice(START_PRICE);
        (int256 attacker, int256 victim) = (valueOf(alice), valueOf(bob));
        uint256 free = vault.freeMarginOf(market, alice);

        // At 1,500 the attacker's short would be worth 25,000 more and the victim's long be under water.
        bytes[] memory data = update(1500e18, o);
        vm.prank(alice);
        assertTrue(gateway.executeOrder(id, o, data));
        assertEq(sizeOf(alice), -50e18 + 1e15);

        assertLe(vault.freeMarginOf(market, alice), free + USD, "margin became free");
        vm.expectPartialRevert(IVault.InsufficientMargin.selector);
        vm.prank(alice);
        vault.transferMarginToFund(market, alice, free + 10 * USD);
        LiquidationParams memory p;
        (p.marketId, p.account, p.liquidator, p.amount) = (market, bob, alice, type(uint256).max);
        vm.expectPartialRevert(IClearingHouse.NotLiquidatable.selector);
        vm.prank(alice);
        house.liquidate(p);
        // Its order was filled at the first price after it, as everybody's is: a thousandth of a unit, 500 below.
        assertLe(valueOf(alice), attacker + 0.5e18, "the attacker gained");
        assertEq(valueOf(bob), victim, "the victim paid");
    }
}

/// @dev A token whose balances all grow by themselves.
contract RebasingToken is TestToken {
    uint256 private _factor = 1e18;

    constructor() TestToken("REB", "REB", 6) {}

    function rebase(uint256 factor) external {
        _factor = factor;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return super.balanceOf(account) * _factor / 1e18;
    }
}

/// @dev T24: what a balance gains by itself belongs to nobody.
contract RebasingCollateralTest is ExchangeTest {
    function test_T24_RebaseCreditsNobody() public {
        RebasingToken token = new RebasingToken();
        Vault other = new Vault(token, address(house), address(backstop), oracle, ICircuitBreaker(address(0)));
        address[2] memory both = [alice, bob];
        for (uint256 i = 0; i < 2; ++i) {
            token.mint(both[i], 100e6);
            vm.startPrank(both[i]);
            token.approve(address(other), type(uint256).max);
            other.deposit(both[i], 100e6);
            vm.stopPrank();
        }
        token.rebase(1.5e18);
        assertEq(other.fundOf(alice), 100e6);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientFund.selector, 100e6 + 1, 100e6));
        other.withdraw(100e6 + 1, alice);
        other.withdraw(100e6, alice);
        vm.stopPrank();
        vm.prank(bob);
        other.withdraw(100e6, bob);
    }
}
