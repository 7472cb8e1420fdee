// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IKeeperErrors} from "../../../src/interfaces/IKeeperErrors.sol";
import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {LpSettlementFees} from "../../../src/makers/lp/LpSettlementFees.sol";
import {LpAggregateVaultTest} from "../../utils/LpAggregateVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev The fee of a request: attached, prepaid, or paid in the asset.
abstract contract LpSettlementFeesSuite is LpAggregateVaultTest {
    /// @dev One ether costs as much as one base: 0.2 of collateral for the fixture's fee.
    function _sell(uint256 value) internal {
        vm.deal(address(this), value + 1 ether);
        aggregate.fundFloat{value: value}();
        _post(xcd(_isBase() ? 1e18 : 2000e18), 1 ether);
    }

    /// @dev A price that is in force.
    function _post(uint256 price, uint128 limit) internal {
        vm.prank(owner());
        aggregate.setEtherPrice(price, limit);
        skip(aggregate.PRICE_DELAY());
        refreshPrice(START_PRICE);
    }

    function _isBase() internal view returns (bool) {
        return kind == MakerKind.SpotHedgeBase;
    }

    function _feeInAsset() internal view returns (uint256) {
        return xcd(_isBase() ? KEEPER_FEE : KEEPER_FEE * 2000);
    }

    function test_Fee_Attached_IsTheKeepers() public {
        token.mint(carol, xcd(1e18));
        uint256 prepaid = aggregate.prepaidOf(carol);
        vm.prank(carol);
        aggregate.requestDeposit{value: 2 * KEEPER_FEE}(xcd(1e18), carol, carol);
        settleAt(START_PRICE);
        assertEq(keeper.balance, 2 * KEEPER_FEE);
        assertEq(aggregate.prepaidOf(carol), prepaid);
        token.mint(carol, xcd(1e18));
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.KeeperFeeTooLow.selector, 1, KEEPER_FEE));
        aggregate.requestDeposit{value: 1}(xcd(1e18), carol, carol);
    }

    function test_Fee_Prepaid_ByAnyAccount() public {
        token.mint(erin, xcd(1e18));
        vm.prank(erin);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.KeeperFeeTooLow.selector, 0, KEEPER_FEE));
        aggregate.requestDeposit(xcd(1e18), erin, erin);
        vm.expectEmit(address(aggregate));
        emit LpSettlementFees.Prepaid(erin, carol, KEEPER_FEE);
        vm.prank(carol);
        aggregate.prepay{value: KEEPER_FEE}(erin);
        vm.expectEmit(address(aggregate));
        emit LpSettlementFees.FeeCharged(erin, true, KEEPER_FEE, 0);
        vm.prank(erin);
        aggregate.requestDeposit(xcd(1e18), erin, erin);
        assertEq(aggregate.prepaidOf(erin), 0);
        settleAt(START_PRICE);
        assertEq(keeper.balance, KEEPER_FEE);
    }

    /// @dev Fee drain: requests for a controller, or of its assets, spend the balance of the caller.
    function test_T19_Fee_IsThatOfTheCaller() public {
        token.mint(erin, xcd(1e18));
        vm.prank(erin);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.KeeperFeeTooLow.selector, 0, KEEPER_FEE));
        aggregate.requestDeposit(xcd(1e18), carol, erin);
        assertEq(aggregate.prepaidOf(carol), 1 ether);
    }

    function test_Prepaid_IsWithdrawn() public {
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpSettlementFees.FeeBalanceTooLow.selector, 1 ether + 1, 1 ether));
        aggregate.withdrawPrepaid(1 ether + 1, dave);
        uint256 held = dave.balance;
        vm.prank(carol);
        aggregate.withdrawPrepaid(0.4 ether, dave);
        assertEq(dave.balance, held + 0.4 ether);
        assertEq(aggregate.prepaidOf(carol), 0.6 ether);
    }

    function test_Fee_PaidInTheAsset() public {
        _sell(1 ether);
        uint256 fee = _feeInAsset();
        (uint256 value, uint256 input) = aggregate.quoteFee(erin, true);
        assertEq(value, KEEPER_FEE);
        assertEq(input, fee);
        token.mint(erin, xcd(100e18));
        vm.prank(erin);
        aggregate.requestDeposit(xcd(100e18), erin, erin);
        assertEq(aggregate.pendingDepositRequest(0, erin), xcd(100e18) - fee);
        assertEq(token.balanceOf(address(aggregate)), fee);
        settleAt(START_PRICE);
        assertEq(keeper.balance, KEEPER_FEE, "the keeper is paid in ether");
        uint256 shares = aggregate.maxMint(erin);
        vm.prank(erin);
        aggregate.mint(shares, erin);
        refreshPrice(START_PRICE);

        (value, input) = aggregate.quoteFee(erin, false);
        assertApproxEqAbs(aggregate.convertToAssets(input), fee, 1, "shares of the same value");
        vm.prank(erin);
        aggregate.requestRedeem(shares, erin, erin);
        assertEq(aggregate.pendingRedeemRequest(0, erin), shares - input);
        assertEq(aggregate.feeFloat(), 1 ether - 2 * KEEPER_FEE);
        vm.prank(owner());
        aggregate.collect(dave);
        assertEq(token.balanceOf(dave), fee);
        assertEq(maker.balanceOf(dave), input);
    }

    /// @dev The owner's price takes at most 1% of a request.
    function test_T19_FeeInTheAsset_IsLimited() public {
        _sell(1 ether);
        uint256 fee = _feeInAsset();
        token.mint(erin, 200 * fee);
        vm.prank(erin);
        vm.expectRevert(abi.encodeWithSelector(LpSettlementFees.FeeAboveLimit.selector, fee, fee - 1));
        aggregate.requestDeposit(100 * fee - 1, erin, erin);
        _post(type(uint64).max, 1 ether);
        vm.prank(erin);
        vm.expectPartialRevert(LpSettlementFees.FeeAboveLimit.selector);
        aggregate.requestDeposit(200 * fee, erin, erin);
    }

    /// @dev T68: a request that is on its way pays the price that was posted when it was sent, and no later one up to 1% of its
    /// input.
    function test_T68_RaisedPrice_IsNotPaidByARequestOnItsWay() public {
        _sell(1 ether);
        uint256 fee = _feeInAsset();
        token.mint(erin, 100 * xcd(100e18));
        vm.startPrank(owner());
        uint256 raised = 3 * aggregate.etherPrice();
        uint256 effectiveAt = timestamp() + 1 hours;
        vm.expectEmit(address(aggregate));
        emit LpSettlementFees.EtherPriceSet(raised, effectiveAt, 1 ether);
        aggregate.setEtherPrice(raised, 1 ether);
        vm.stopPrank();
        (uint256 next, uint256 at) = aggregate.nextEtherPrice();
        assertEq(next, raised);
        assertEq(at, effectiveAt);
        _assertPays(fee);
        _priceAt(effectiveAt - 1);
        _assertPays(fee);
        // Withdrawn and posted again: from no price to a high one is a raise too.
        uint256 snapshot = vm.snapshotState();
        vm.startPrank(owner());
        aggregate.setEtherPrice(0, 1 ether);
        assertEq(aggregate.etherPrice(), 0, "at once");
        aggregate.setEtherPrice(raised, 1 ether);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.KeeperFeeTooLow.selector, 0, KEEPER_FEE));
        aggregate.quoteFee(erin, true);
        vm.revertToState(snapshot);
        _priceAt(effectiveAt);
        _assertPays(3 * fee);
        (next, at) = aggregate.nextEtherPrice();
        assertEq(next + at, 0);
        // A lower price is in force at once.
        vm.prank(owner());
        aggregate.setEtherPrice(raised / 3, 1 ether);
        _assertPays(fee);
    }

    /// @dev T68: ether has become dearer than the posted price. An account buys all of the float that it can: it makes requests,
    /// settles them and keeps the keeper's fees.
    function test_T68_FloatAtAnOldPrice_IsSoldInParts() public {
        _sell(100 * KEEPER_FEE);
        uint128 limit = uint128(3 * KEEPER_FEE);
        uint256 price = aggregate.etherPrice();
        vm.prank(owner());
        aggregate.setEtherPrice(price, limit);
        token.mint(erin, 1000 * xcd(100e18));
        assertEq(_drain(), limit, "at once");
        skip(aggregate.SALE_PERIOD() / 3);
        assertEq(_drain(), KEEPER_FEE, "a third of the limit in twenty minutes");
        skip(1 days);
        assertEq(_drain(), limit, "unused time does not add up");
        assertEq(aggregate.feeFloat(), 93 * KEEPER_FEE);
        // The owner ends the sale. A lower limit counts what was sold.
        vm.prank(owner());
        aggregate.setEtherPrice(price, uint128(KEEPER_FEE));
        assertEq(aggregate.forSale(), 0);
        vm.prank(owner());
        aggregate.withdrawFloat(93 * KEEPER_FEE, dave);
    }

    /// @dev Requests by Erin without ether until one is refused. Returns the ether that was sold.
    function _drain() private returns (uint256 sold) {
        refreshPrice(START_PRICE);
        uint256 before = aggregate.feeFloat();
        for (uint256 i = 0; aggregate.forSale() >= KEEPER_FEE; ++i) {
            vm.prank(erin);
            aggregate.requestDeposit(xcd(100e18), makeAddr(vm.toString(i)), erin);
            settleAt(START_PRICE);
            refreshPrice(START_PRICE);
        }
        vm.prank(erin);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.KeeperFeeTooLow.selector, 0, KEEPER_FEE));
        aggregate.requestDeposit(xcd(100e18), erin, erin);
        return before - aggregate.feeFloat();
    }

    function _priceAt(uint256 time) private {
        vm.warp(time);
        setPrice(START_PRICE);
    }

    function _assertPays(uint256 fee) private {
        uint256 held = token.balanceOf(address(aggregate));
        vm.prank(erin);
        aggregate.requestDeposit(xcd(100e18), makeAddr(vm.toString(timestamp())), erin);
        assertEq(token.balanceOf(address(aggregate)), held + fee);
    }

    function test_FeeInTheAsset_NeedsTheFloat() public {
        _sell(KEEPER_FEE);
        token.mint(erin, xcd(200e18));
        vm.startPrank(erin);
        aggregate.requestDeposit(xcd(100e18), erin, erin);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.KeeperFeeTooLow.selector, 0, KEEPER_FEE));
        aggregate.requestDeposit(xcd(100e18), erin, erin);
        vm.stopPrank();
        assertEq(aggregate.prepaidOf(carol), 1 ether, "prepaid balances are no float");
        vm.prank(owner());
        vm.expectRevert(abi.encodeWithSelector(LpSettlementFees.FeeBalanceTooLow.selector, 1, 0));
        aggregate.withdrawFloat(1, dave);
    }

    function test_T19_RevertIf_NotOwner() public {
        bytes memory refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        aggregate.setEtherPrice(1, 0);
        vm.expectRevert(refusal);
        aggregate.withdrawFloat(0, stranger);
        vm.expectRevert(refusal);
        aggregate.collect(stranger);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotRequestVault.selector, stranger, address(requests)));
        vm.deal(stranger, 1);
        payable(address(aggregate)).transfer(1);
        vm.stopPrank();
    }

    /// @dev With any price and amount: the caller's loss is the fee in full, the owner's gain the same, and the keeper's fee is
    /// there.
    function testFuzz_FeeInTheAsset_IsConserved(uint256 amount, uint256 price) public {
        vm.deal(address(this), 2 ether);
        aggregate.fundFloat{value: 1 ether}();
        _post(boundAmount(price, 1, xcd(10_000e18)), 1 ether);
        amount = boundAmount(amount, xcd(1e15), xcd(90e18));
        token.mint(erin, amount);
        (, uint256 input) = aggregate.quoteFee(erin, true);
        vm.prank(erin);
        if (input > amount / 100) {
            vm.expectRevert(abi.encodeWithSelector(LpSettlementFees.FeeAboveLimit.selector, input, amount / 100));
            aggregate.requestDeposit(amount, erin, erin);
            return;
        }
        aggregate.requestDeposit(amount, erin, erin);
        assertEq(aggregate.pendingDepositRequest(0, erin) + token.balanceOf(address(aggregate)), amount);
        assertEq(address(requests).balance, KEEPER_FEE);
        assertEq(address(aggregate).balance, aggregate.feeFloat() + 2 ether);
    }
}

contract OracleMakerSettlementFeesTest is LpAggregateVaultTest(MakerKind.Oracle), LpSettlementFeesSuite {}

contract SpotHedgeBaseMakerSettlementFeesTest is LpAggregateVaultTest(MakerKind.SpotHedgeBase), LpSettlementFeesSuite {}

contract SpotHedgeQuoteMakerSettlementFeesTest is
    LpAggregateVaultTest(MakerKind.SpotHedgeQuote),
    LpSettlementFeesSuite
{}
