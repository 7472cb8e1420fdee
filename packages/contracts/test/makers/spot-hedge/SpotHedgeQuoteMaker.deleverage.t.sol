// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../../src/interfaces/IClearingHouse.sol";
import {IQuoteVault} from "../../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {NotSelf} from "../../../src/types/Errors.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

contract SpotHedgeQuoteMakerDeleverageTest is SpotHedgeQuoteMakerTest {
    /// @dev A margin of half and a reserve of half suffice for almost twice the price.
    function test_Deleverage_ClosesAPartAgainstTheOracleMaker() public {
        depositLp(lp, quoteXCD(5_000_000e18), 0);
        buy(alice, maker, 240e18);
        addMargin(alice, quoteXCD(500_000e18));
        movePrice(3550e18);
        vm.expectPartialRevert(IQuoteVault.EnoughFunds.selector);
        shq.announceDeleverage();
        movePrice(3750e18);
        int256 value = vaultValue(3750e18);
        uint256 toClose = shq.getHedge().toClose;
        assertGt(toClose, 0);
        uint256 base = deleverage(3750e18);
        assertEq(base, toClose);
        assertEq(exposure(), 0, "H1");
        assertEq(sizeOf(maker), -240e18 + int256(base));
        assertEq(sizeOf(address(om)), -int256(base), "the OracleMaker has the position");
        skip(1);
        setPrice(3750e18);
        IQuoteVault.QuoteHedge memory hedge = shq.getHedge();
        // Deleveraged to 20%, apart from costs.
        assertGt(hedge.margin, int256(hedge.targetMargin * 39 / 100));
        assertEq(hedge.toClose, 0);
        // Both legs are inside their bound.
        assertGt(vaultValue(3750e18), value - int256(base * 3750 / 100));
        vm.expectPartialRevert(IQuoteVault.EnoughFunds.selector);
        shq.announceDeleverage();
    }

    function test_Deleverage_OneAnnouncementAtATime() public {
        _needDeleverage();
        vm.prank(stranger);
        shq.announceDeleverage();
        uint256 due = shq.deleverageAt();
        assertEq(due, timestamp() + 3);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleverageAlive.selector, timestamp(), due + 60));
        shq.announceDeleverage();
        bytes[] memory update = executionUpdate(3750e18, due);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleverageNotDue.selector, timestamp(), due));
        shq.deleverage(address(om), update);
        skip(64);
        setPrice(3750e18);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleverageExpired.selector, timestamp(), due + 60));
        shq.deleverage(address(om), update);
        shq.announceDeleverage();
        assertEq(shq.deleverageAt(), timestamp() + 3);
    }

    /// @dev T34: reverts if the pool was moved.
    function test_T34_Deleverage_RevertIf_ThePoolWasMoved() public {
        _needDeleverage();
        shq.announceDeleverage();
        skip(3);
        bytes[] memory update = executionUpdate(3750e18, timestamp());
        spot.moveTo(3700e18);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        shq.deleverage(address(om), update);
        spot.moveTo(3750e18);
        shq.deleverage(address(om), update);
        assertEq(exposure(), 0);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleverageNotDue.selector, timestamp(), 0));
        shq.deleverage(address(om), update);
    }

    function _needDeleverage() private {
        depositLp(lp, quoteXCD(5_000_000e18), 0);
        buy(alice, maker, 240e18);
        movePrice(3750e18);
    }

    function test_SellHeld_RevertIf_NotSelf() public {
        vm.expectRevert(abi.encodeWithSelector(NotSelf.selector, address(this)));
        (bool success,) = maker.call(abi.encodeWithSignature("sellHeld(uint256,uint256,uint24)", 1, 1, 1));
        success;
    }
}

/// @dev T34: a deleveraging has been announced at 3,750 and the price or the pool moves before it is executed.
contract SpotHedgeQuoteMakerAnnouncedDeleverageTest is SpotHedgeQuoteMakerTest {
    uint256 private constant PRICE = 3750e18;

    function setUp() public override {
        super.setUp();
        depositLp(lp, quoteXCD(5_000_000e18), 0);
        buy(alice, maker, 240e18);
        movePrice(PRICE);
        shq.announceDeleverage();
        skip(3);
    }

    /// @dev T34: the deleveraging is executed late. Price and pool have risen by 4%. An account that moves the pool
    /// down to the announced price would buy the maker's base 4% too cheap, and the OracleMaker would sell to the maker
    /// at that price.
    function test_T34_RevertIf_PriceRoseFromTheAnnouncedOne() public {
        bytes[] memory old = executionUpdate(PRICE, timestamp());
        _wait(3900e18, 10);
        spot.moveTo(3745e18);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleveragePriceTooFar.selector, PRICE, 3900e18, 5_000));
        vm.prank(stranger);
        shq.deleverage(address(om), old);
        assertEq(exposure(), 0);
    }

    /// @dev The same for a falling price: the maker would buy back 4% too expensive, from an OracleMaker whose LP is
    /// the caller.
    function test_T34_RevertIf_PriceFellFromTheAnnouncedOne() public {
        // Underfunded at the lower price as well.
        movePrice(3950e18);
        skip(64);
        setPrice(3950e18);
        shq.announceDeleverage();
        skip(3);
        bytes[] memory old = executionUpdate(3950e18, timestamp());
        _wait(3800e18, 9);
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleveragePriceTooFar.selector, 3950e18, 3800e18, 5_000));
        shq.deleverage(address(om), old);
    }

    /// @dev After the window an announcement that cannot be executed is cancelled, so that the next one can be made.
    function test_T34_PriceLeftTheAnnouncedOne_CancelsAfterTheWindow() public {
        bytes[] memory old = executionUpdate(PRICE, timestamp());
        _wait(3900e18, 11);
        uint256 held = shq.baseBalance();
        vm.expectEmit(address(shq));
        emit IQuoteVault.DeleverageCancelled(stranger, PRICE);
        vm.prank(stranger);
        assertEq(shq.deleverage(address(om), old), 0);
        assertEq(shq.baseBalance(), held);
        assertEq(shq.deleverageAt(), 0);
        assertEq(usd.balanceOf(stranger), 0);
        assertGt(deleverage(3900e18), 0);
        assertEq(exposure(), 0);
    }

    /// @dev T34: the stored price is the announced one, the market is 4% higher, and the pool has been moved back to
    /// the stored price. A price that the market may have left is no bound.
    function test_T34_RevertIf_TheLivePriceIsOld() public {
        bytes[] memory update = executionUpdate(PRICE, timestamp());
        setPrice(PRICE);
        skip(11);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgePriceTooOld.selector, 11, 10));
        vm.prank(stranger);
        shq.deleverage(address(om), update);
        setPrice(PRICE);
        skip(10);
        assertGt(shq.deleverage(address(om), update), 0);
    }

    /// @dev Within the bound both legs are near the live price, and the pool has to be near the live price.
    function test_T34_BothLegsAreBoundByTheLivePrice() public {
        bytes[] memory update = executionUpdate(PRICE, timestamp());
        _wait(3765e18, 20);
        spot.moveTo(3740e18);
        // Within half a percent of 3,750, and not of 3,765.
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        shq.deleverage(address(om), update);
        spot.moveTo(3765e18);
        assertGt(shq.deleverage(address(om), update), 0);
        assertEq(exposure(), 0);
    }

    function test_T34_ThePerpetualLegIsBoundByTheLivePrice() public {
        bytes[] memory update = executionUpdate(PRICE, timestamp());
        // The OracleMaker sells at the announced price plus its spread.
        _wait(3731.5e18, 20);
        vm.expectPartialRevert(IClearingHouse.SlippageExceeded.selector);
        shq.deleverage(address(om), update);
    }

    /// @dev An announcement that is not needed any more is cancelled, and the next one gets its own price.
    function test_Deleverage_CancelsAnAnnouncementThatIsNotNeeded() public {
        uint256 due = shq.deleverageAt();
        bytes[] memory update = executionUpdate(3500e18, due);
        setPrice(3500e18);
        vm.expectEmit(address(shq));
        emit IQuoteVault.DeleverageCancelled(keeper, 3500e18);
        vm.prank(keeper);
        assertEq(shq.deleverage(address(om), update), 0);
        assertEq(shq.deleverageAt(), 0);
        assertEq(usd.balanceOf(keeper), 0, "no fee without a deleveraging");
        movePrice(PRICE);
        shq.announceDeleverage();
        assertEq(shq.deleverageAt(), timestamp() + 3);
    }

    function _wait(uint256 price, uint256 time) private {
        skip(time);
        setPrice(price);
        spot.moveTo(price);
    }
}
