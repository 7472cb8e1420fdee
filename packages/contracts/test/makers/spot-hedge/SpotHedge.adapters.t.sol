// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../../../src/interfaces/IClearingHouse.sol";
import {ISpotPayer} from "../../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {FixedPriceAdapter} from "../../utils/FixedPriceAdapter.sol";
import {SpotHedgeBaseMakerTest} from "../../utils/SpotHedgeBaseMakerTest.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

/// @dev Misbehaves in one way.
contract WrongAdapter is FixedPriceAdapter {
    enum Fault {
        None,
        TakesMore,
        TakesMoreAndSaysSo,
        TakesLess,
        AsksTwice,
        AsksForTheOther,
        NeverAsks,
        GivesLess,
        GivesLessAndSaysSo
    }

    Fault public fault;

    constructor(address baseToken_, address quoteToken_) FixedPriceAdapter(baseToken_, quoteToken_) {}

    function setFault(Fault fault_) external {
        fault = fault_;
    }

    function swap(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        external
        returns (uint256 amountIn, uint256 amountOut)
    {
        (amountIn, amountOut) = quoteSwap(isBaseToQuote, isExactInput, amount);
        uint256 taken = amountIn;
        if (fault == Fault.TakesMore || fault == Fault.TakesMoreAndSaysSo) taken += taken / 10;
        if (fault == Fault.TakesLess) taken -= taken / 10;
        if (fault == Fault.TakesMoreAndSaysSo) amountIn = taken;
        uint256 given = amountOut;
        if (fault == Fault.GivesLess || fault == Fault.GivesLessAndSaysSo) given -= given / 10;
        if (fault == Fault.GivesLessAndSaysSo) amountOut = given;
        bool asksForBase = fault == Fault.AsksForTheOther ? !isBaseToQuote : isBaseToQuote;
        if (fault != Fault.NeverAsks) ISpotPayer(msg.sender).paySpotSwap(asksForBase, taken, address(this));
        if (fault == Fault.AsksTwice) ISpotPayer(msg.sender).paySpotSwap(isBaseToQuote, 1, address(this));
        payOut(isBaseToQuote, recipient, given);
    }
}

/// @dev The owner names the adapter. A mistaken or hostile adapter makes trades fail; it never takes tokens that no order sells
/// or buys.
contract SpotHedgeBaseMakerAdapterTest is SpotHedgeBaseMakerTest {
    WrongAdapter private adapter;

    function setUp() public override {
        super.setUp();
        sell(bob, maker, 40e18);
        adapter = new WrongAdapter(address(weth), address(usd));
        weth.mint(address(adapter), 1000e18);
        usd.mint(address(adapter), 10_000_000 * USD);
        ISpotHedgeVault.Parameters memory p = parameters();
        p.adapter = adapter;
        setParameters(p);
    }

    function test_HonestAdapter_AllFourKinds() public {
        for (uint256 kind = 0; kind < 4; ++kind) {
            _trade(kind, 5e18);
        }
        assertEq(int256(uint256(shb.assetBalance())) + sizeOf(maker), 100e18, "H1");
        assertEq(weth.balanceOf(maker), shb.assetBalance());
    }

    function testFuzz_WrongAdapter_TakesNothing(uint256 kind, uint256 fault, uint256 amount) public {
        adapter.setFault(WrongAdapter.Fault(boundIndex(fault, 1, uint256(type(WrongAdapter.Fault).max))));
        kind %= 4;
        bool isExactInput = kind % 2 == 0;
        WrongAdapter.Fault wrong = adapter.fault();
        // A reported amount is a price when the other side is exact. H2 bounds prices.
        if (wrong == WrongAdapter.Fault.TakesMoreAndSaysSo && !isExactInput) return;
        if (wrong == WrongAdapter.Fault.GivesLessAndSaysSo && isExactInput) return;
        (uint256 held, uint256 tokens, int256 margin) = (shb.assetBalance(), weth.balanceOf(maker), marginOf(maker));
        uint256 collateral = usd.balanceOf(address(vault));
        amount = boundAmount(amount, 1e15, 20e18);
        vm.expectRevert();
        this.trade(kind, amount);
        assertEq(shb.assetBalance(), held);
        assertEq(weth.balanceOf(maker), tokens);
        assertEq(marginOf(maker), margin);
        assertEq(usd.balanceOf(address(vault)), collateral);
    }

    /// @dev Formerly the reported amount of a sale was trusted: an adapter could take all of the base for the price of
    /// a part.
    function test_RevertIf_SaleTakesMoreBaseThanReported() public {
        adapter.setFault(WrongAdapter.Fault.TakesMore);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgeMismatch.selector, 11e18, 10e18));
        sell(alice, maker, 10e18);
    }

    function test_RevertIf_PurchaseRequestsBase() public {
        adapter.setFault(WrongAdapter.Fault.AsksForTheOther);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgeMismatch.selector, 0, 20_000 * USD));
        buy(alice, maker, 10e18);
    }

    /// @dev Formerly the permission to be paid stayed open for the rest of the transaction.
    function test_RevertIf_SwapRequestsNoPayment() public {
        adapter.setFault(WrongAdapter.Fault.NeverAsks);
        vm.expectRevert(abi.encodeWithSelector(ISpotHedgeVault.HedgeMismatch.selector, 0, 10e18));
        sell(alice, maker, 10e18);
    }

    function test_H2_RevertIf_AdapterReportsAWorsePrice() public {
        adapter.setFault(WrongAdapter.Fault.GivesLessAndSaysSo);
        vm.expectPartialRevert(ISpotHedgeVault.HedgeTooFar.selector);
        sell(alice, maker, 10e18);
    }

    function trade(uint256 kind, uint256 amount) external {
        _trade(kind, amount);
    }

    /// @dev 0: sells base, 1: sells for quote, 2: buys with quote, 3: buys base.
    function _trade(uint256 kind, uint256 amount) private {
        bool isBaseToQuote = kind < 2;
        bool isExactInput = kind % 2 == 0;
        uint256 given = isBaseToQuote == isExactInput ? amount : amount * 2000;
        tradeAs(alice, order(alice, maker, isBaseToQuote, isExactInput, given));
    }
}

/// @dev Calls back into the system before or after it is paid.
contract ReentrantAdapter is FixedPriceAdapter {
    address private _target;
    bytes private _call;
    bool private _isAfterPayment;
    bool public succeeded;
    bytes public answer;

    constructor(address baseToken_, address quoteToken_) FixedPriceAdapter(baseToken_, quoteToken_) {}

    function arm(address target, bytes calldata call_, bool isAfterPayment) external {
        (_target, _call, _isAfterPayment) = (target, call_, isAfterPayment);
        (succeeded, answer) = (true, "");
    }

    function swap(bool isBaseToQuote, bool isExactInput, uint256 amount, address recipient)
        external
        returns (uint256 amountIn, uint256 amountOut)
    {
        (amountIn, amountOut) = quoteSwap(isBaseToQuote, isExactInput, amount);
        if (!_isAfterPayment) _reenter();
        ISpotPayer(msg.sender).paySpotSwap(isBaseToQuote, amountIn, address(this));
        if (_isAfterPayment) _reenter();
        payOut(isBaseToQuote, recipient, amountOut);
    }

    function _reenter() private {
        (succeeded, answer) = _target.call(_call);
    }
}

/// @dev T13 and T14: the adapter is called in the middle of every fill.
contract SpotHedgeQuoteMakerAdapterTest is SpotHedgeQuoteMakerTest {
    ReentrantAdapter private adapter;

    function setUp() public override {
        super.setUp();
        adapter = new ReentrantAdapter(address(weth), address(usd));
        weth.mint(address(adapter), 1000e18);
        usd.mint(address(adapter), 10_000_000 * USD);
        ISpotHedgeVault.Parameters memory p = parameters();
        p.adapter = adapter;
        setParameters(p);
        vm.startPrank(owner());
        shq.setWhitelistLp(address(adapter), true);
        om.setValidSender(address(adapter), true);
        vm.stopPrank();
        fund(address(adapter), 1000 * USD);
    }

    function test_T13_SwapsFindTheSystemLocked() public {
        bytes[] memory calls = new bytes[](6);
        calls[0] = abi.encodeWithSignature("totalAssets()");
        calls[1] = abi.encodeWithSignature("deposit(uint256)", 1);
        calls[2] = abi.encodeWithSignature("rebalance()");
        calls[3] = abi.encodeWithSignature("sharePrice()");
        calls[4] = abi.encodeCall(IVault.withdraw, (1, address(adapter)));
        calls[5] = abi.encodeCall(IClearingHouse.trade, (order(address(adapter), address(om), true, true, 1e15)));
        for (uint256 i = 0; i < 12; ++i) {
            address target = i / 2 == 4 ? address(vault) : i / 2 == 5 ? address(house) : maker;
            adapter.arm(target, calls[i / 2], i % 2 == 1);
            buy(alice, maker, 1e18);
            _checkLocked();
            adapter.arm(target, calls[i / 2], i % 2 == 1);
            sell(alice, maker, 1e18);
            _checkLocked();
        }
    }

    /// @dev The maker pays one request per swap, and none outside a swap.
    function test_T14_RevertIf_SecondPaymentIsRequested() public {
        bytes memory ask = abi.encodeCall(ISpotPayer.paySpotSwap, (false, 1, address(adapter)));
        adapter.arm(maker, ask, true);
        buy(alice, maker, 1e18);
        assertFalse(adapter.succeeded());
        assertEq(bytes4(adapter.answer()), ISpotHedgeVault.NotAdapter.selector);
        vm.expectPartialRevert(ISpotHedgeVault.NotAdapter.selector);
        vm.prank(address(adapter));
        shq.paySpotSwap(false, 1, address(adapter));
        vm.expectPartialRevert(ISpotHedgeVault.NotAdapter.selector);
        shq.paySpotSwap(false, 1, address(this));
    }

    function _checkLocked() private view {
        assertFalse(adapter.succeeded(), "the call succeeded");
        assertEq(bytes4(adapter.answer()), IVault.Locked.selector);
    }
}
